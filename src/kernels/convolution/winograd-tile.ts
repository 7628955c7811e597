/** Tile sizes of Winograd convolutions, and what they are estimated to cost. */
import type { Machine } from "../machine.ts";
import { BARE, fetchCycles, productCycles } from "./cost.ts";
import type { ConvolutionShape } from "./problem.ts";
import { type Block, blocksOf } from "./winograd-blocks.ts";
import type { WinogradTile } from "./winograd.ts";

const BYTES = 4;
/** Share of the second-level cache for the transformed inputs of a block. */
const BLOCK_SHARE = 0.6;
/** Share for the products of a group of output channels, before they are transformed back. */
const PRODUCT_SHARE = 0.125;
/** Vectors of output channels in a group. */
const GROUP = 2;
/** Fewer tiles do not fill a register tile. */
const SMALLEST_BLOCK = 12;
/** Share of the threads' time that must be work, or else they take channels of one block. */
const EVEN = 0.9;
/** Cycles to transform one vector of a tile: measured, loads and stores included. */
const TRANSFORM: Readonly<Record<string, { input: number; output: number }>> = {
  "F(2, 3)": { input: 60, output: 30 },
  "F(4, 3)": { input: 170, output: 80 },
  "F(2, 5)": { input: 120, output: 50 },
};

export function winogradTile(
  shape: ConvolutionShape,
  outputs: 2 | 4,
  machine: Machine,
): WinogradTile {
  const points = pointsOf(shape, outputs);
  const outVectors = Math.ceil(shape.outChannels / machine.vectorWidth);
  const weights = points * shape.inChannels * outVectors * machine.vectorWidth;
  const fitting = (machine.caches.l2 * BLOCK_SHARE) / (points * shape.inChannels * BYTES);
  const products = points * GROUP * machine.vectorWidth * BYTES;
  const limit = Math.min(fitting, (machine.caches.l2 * PRODUCT_SHARE) / products);
  const block = Math.max(SMALLEST_BLOCK, Math.floor(limit));
  return {
    outputs,
    block,
    pixels: 6,
    vectors: 2,
    group: GROUP,
    unroll: 4,
    prefetch: weights * BYTES > machine.caches.l2,
    share: isEven(blocksOf(shape, { outputs, block }), machine.threads) ? "tiles" : "channels",
  };
}

/** Whether threads that take whole blocks have about the same work. */
function isEven(blocks: readonly Block[], threads: number): boolean {
  let [all, longest] = [0, 0];
  for (const { images, rows, columns, tiles } of blocks) {
    const [shared, each] = images.count > 1 ? [images.count, rows.count] : [rows.count, 1];
    const work = each * columns.count * tiles;
    all += shared * work;
    longest += Math.ceil(shared / threads) * work;
  }
  return all >= EVEN * threads * longest;
}

export function winogradEstimate(
  shape: ConvolutionShape,
  tile: WinogradTile,
  machine: Machine,
): number {
  const { inChannels, outChannels, outputSize, batch } = shape;
  const points = pointsOf(shape, tile.outputs);
  const tiles = outputSize.reduce((n, size) => n * Math.ceil(size / tile.outputs), batch);
  const inVectors = Math.ceil(inChannels / machine.vectorWidth);
  const outVectors = Math.ceil(outChannels / machine.vectorWidth);
  const blocks = Math.ceil(tiles / tile.block);
  const perBlock = Math.ceil(tiles / blocks);
  const weights = points * inChannels * outVectors * machine.vectorWidth;
  const { input, output } = TRANSFORM[`F(${tile.outputs}, ${shape.kernel[0]})`];
  return (
    tiles * (inVectors * input + outVectors * output) +
    blocks * points * productCycles(perBlock, outVectors, inChannels, tile, BARE, machine) +
    blocks * fetchCycles(weights, weights, machine)
  );
}

function pointsOf({ kernel: [taps] }: ConvolutionShape, outputs: number): number {
  return (outputs + taps - 1) ** 2;
}
