/** Tile sizes of Winograd convolutions, and what they are estimated to cost. */
import type { Machine } from "../../machine.ts";
import { BARE, type RegisterTile, coldCycles, fetchCycles, productCycles } from "../cost.ts";
import type { ConvolutionShape } from "../problem.ts";
import type { WinogradAxis } from "./axis.ts";
import {
  BLOCK_AXES,
  type Block,
  type TileRun,
  type Tiling,
  allTiles,
  blocksOf,
  productsOf,
  repeats,
  tileCount,
  tilingOf,
} from "./blocks.ts";
import { operationsByColumns, operationsByRows } from "./linear-forms.ts";
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
/**
 * Cycles of an operation of a transform, of a point that is loaded or stored, and of an output:
 * measured.
 */
const TRANSFORM = {
  inputOperation: 0.4,
  inputPoint: 1,
  operation: 0.4,
  point: 0.5,
  output: 1.25,
};
/** What a phase of a stride takes besides: to begin, and for each point. */
const PHASE = { start: 12, point: 1.2 };
/** Share of the second-level cache that a run leaves to weights. */
const WEIGHTS_SHARE = 0.5;
/**
 * Share of the time to fetch weights that is seen where they come from the third level of the cache
 * in every run: what is fetched ahead arrives while products are computed. From memory it is late.
 */
const SEEN = 0.5;
/** Cycles for each copy of a transform, for tiles of different kinds: code that must be fetched. */
const COPY = 500;
/** With fewer tiles only weights that no cache of a core holds are fetched ahead. */
const TILES_FETCHED_FOR = 16;
const REGISTER_TILE: RegisterTile = { pixels: 6, vectors: 2 };

export function winogradTile(
  shape: ConvolutionShape,
  outputs: number,
  machine: Machine,
): WinogradTile {
  const tiling = tilingOf(shape, outputs);
  const { groups } = shape;
  const { l2 } = machine.caches;
  const inVectors = Math.ceil(shape.inChannels / groups / machine.vectorWidth);
  const outVectors = Math.ceil(shape.outChannels / groups / machine.vectorWidth);
  const points = productsOf(tiling);
  const weights = points * shape.inChannels * outVectors * machine.vectorWidth;
  const fitting = (l2 * BLOCK_SHARE) / (points * inVectors * machine.vectorWidth * BYTES);
  const products = pointsOf(tiling) * GROUP * machine.vectorWidth * BYTES;
  const limit = Math.min(fitting, (l2 * PRODUCT_SHARE) / products);
  const block = Math.max(SMALLEST_BLOCK, Math.floor(limit));
  const blocks = blocksOf(tiling, block);
  return {
    outputs,
    block,
    ...REGISTER_TILE,
    group: GROUP,
    unroll: 4,
    prefetch: fetchesAhead(weights * BYTES, blocks, machine),
    share: shareOf(blocks, groups, machine.threads),
  };
}

/**
 * Weights that many tiles use come while the panel before is used: 128 to 32 channels took 5 to 7 % less
 * on maps of 14×14 and 28×28 in a network, where each run finds them outside of the core's caches. With 4
 * and 9 tiles the loads took 5 to 8 % more than that.
 */
function fetchesAhead(bytes: number, blocks: readonly Block[], { caches }: Machine): boolean {
  const tiles = blocks.reduce((sum, block) => sum + repeats(block) * allTiles(block), 0);
  return bytes > caches.l2 || (bytes > caches.l1 && tiles >= TILES_FETCHED_FOR);
}

function shareOf(blocks: readonly Block[], groups: number, threads: number): WinogradTile["share"] {
  if (groups > 1) return "groups";
  return isEven(blocks, threads) ? "tiles" : "channels";
}

/** Whether threads that take whole blocks have about the same work. */
function isEven(blocks: readonly Block[], threads: number): boolean {
  let [all, longest] = [0, 0];
  for (const block of blocks) {
    const slowest = BLOCK_AXES.find((axis) => block[axis].count > 1) ?? BLOCK_AXES[0];
    const shared = block[slowest].count;
    const work = (repeats(block) / shared) * allTiles(block);
    all += shared * work;
    longest += Math.ceil(shared / threads) * work;
  }
  return all >= EVEN * threads * longest;
}

/** @param cached whether all that a run of the network touches stays in the last level of the cache */
export function winogradEstimate(
  shape: ConvolutionShape,
  tile: WinogradTile,
  machine: Machine,
  cached: boolean,
): number {
  const { groups } = shape;
  const tiling = tilingOf(shape, tile.outputs);
  const inChannels = shape.inChannels / groups;
  const inVectors = Math.ceil(inChannels / machine.vectorWidth);
  const outVectors = Math.ceil(shape.outChannels / groups / machine.vectorWidth);
  const weights = groups * productsOf(tiling) * inChannels * outVectors * machine.vectorWidth;
  const { input, output } = transformCycles(tiling);
  const others = ((1 - WEIGHTS_SHARE) * machine.caches.l2) / BYTES;
  // Stores of a few channels a pixel do not overlap with products, as those of a direct one do.
  const stored = shape.batch * shape.outputSize[0] * shape.outputSize[1] * shape.outChannels;
  let cycles = fetchCycles(stored, stored, machine);
  const seen = cached && tile.prefetch ? SEEN : 1;
  const again = seen * fetchCycles(weights, weights + others, machine);
  cycles += Math.max(0, seen * coldCycles(weights, machine) - again);
  for (const block of blocksOf(tiling, tile.block)) {
    let inBlock = allTiles(block) * (inVectors * input + outVectors * output);
    for (const of of tiling.classes) {
      const [tiles, reduction] = [tileCount(block, tiling, of), of.phases * inChannels];
      const product = { pixels: tiles, vectors: outVectors, reduction };
      inBlock += of.points * productCycles(product, tile, BARE, machine);
    }
    cycles += repeats(block) * (groups * inBlock + again);
    cycles += COPY * copies(block, tiling);
  }
  return cycles;
}

/** For one tile and one vector of channels, of all phases. */
function transformCycles({ rows, columns, ...tiling }: Tiling): {
  readonly input: number;
  readonly output: number;
} {
  const points = pointsOf({ rows, columns });
  const phases = productsOf({ rows, columns, ...tiling }) / points;
  const { size: height } = rows.form;
  const { size: width, outputs } = columns.form;
  const [byRows, byColumns] = [operationsByRows, operationsByColumns];
  const forward =
    width * byRows(rows.form.inputTransform) + height * byRows(columns.form.inputTransform);
  const back =
    width * byColumns(rows.form.outputTransform) +
    outputs * byColumns(columns.form.outputTransform);
  const { inputOperation, inputPoint, operation, point, output } = TRANSFORM;
  const perPhase = phases > 1 ? PHASE.start + PHASE.point * points : 0;
  return {
    input: phases * (inputOperation * forward + inputPoint * points + perPhase),
    output: operation * back + point * points + output * rows.form.outputs * outputs,
  };
}

/** Of the transforms of a block: for whole and for last tiles, and for phases that differ. */
function copies({ rows, columns }: Block, tiling: Tiling): number {
  const tiles = kindsOfTiles(rows, tiling.rows) * kindsOfTiles(columns, tiling.columns);
  return tiles * (kindsOfPhases(tiling.rows) * kindsOfPhases(tiling.columns) + 1);
}

function kindsOfTiles({ atEnd, size }: TileRun, { last }: WinogradAxis): number {
  return atEnd && last && size > 1 ? 2 : 1;
}

function kindsOfPhases({ phases, longPhases }: WinogradAxis): number {
  return phases > longPhases ? 2 : 1;
}

function pointsOf({ rows, columns }: Pick<Tiling, "rows" | "columns">): number {
  return rows.form.size * columns.form.size;
}

/** How many times as many products the definition has along both axes, borders included. */
export function savedMultiplications(shape: ConvolutionShape, outputs: number): number {
  const { rows, columns } = tilingOf(shape, outputs);
  const [height, width] = shape.outputSize;
  const direct = shape.kernel[0] * shape.kernel[1] * height * width;
  return direct / (productsAlong(rows) * productsAlong(columns));
}

function productsAlong({ form, whole, last, phases, longPhases, grids }: WinogradAxis): number {
  const ofTile = (size: number): number => phases * (size - 1) + longPhases;
  return grids * (whole * ofTile(form.size) + (last ? ofTile(last.size) : 0));
}
