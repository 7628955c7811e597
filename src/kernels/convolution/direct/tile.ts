/** Tile sizes of direct convolutions, and what they are estimated to cost. */
import type { Axis } from "../../loops/tiles.ts";
import type { Machine } from "../../machine.ts";
import {
  FINISHED,
  type RegisterTile,
  coldCycles,
  fetchCycles,
  productCycles,
  registersOf,
} from "../cost.ts";
import {
  type ConvolutionProblem,
  type ConvolutionShape,
  multiplyAdds,
  pixelAxes,
} from "../problem.ts";

export interface DirectTile {
  /** Output pixels of a register tile. */
  readonly pixels: number;
  /** Vectors of output channels of a register tile. */
  readonly vectors: number;
  /** Steps of the reduction that are written out. */
  readonly unroll: number;
  /** Output pixels that are finished before the next weights are used. */
  readonly block: number;
  /** What the threads share out. */
  readonly share: "pixels" | "channels";
  /**
   * How the weights of a tile of channels follow each other: the vectors of each step together,
   * or each vector by itself. As many streams are read twice as fast from beyond a core's caches.
   */
  readonly order: "by step" | "by vector";
  /** Whether the weights of the next tile of channels are fetched while these are used. */
  readonly prefetch: boolean;
}

/** Half of the second-level cache is for the input of a block, the rest for weights and output. */
const INPUT_SHARE = 0.5;
const BYTES = 4;
/** Blocks of a thread, so that an uneven rest weighs little. */
const BLOCKS_PER_THREAD = 8;
/** With fewer, threads share out the channels instead. */
const PIXELS_PER_THREAD = 64;
/** Share of the time to fetch cold weights that is left where they come while others are used. */
const FETCHED_AHEAD = 0.5;
/** Steps that are written out; tiles with little work a step need more. */
const UNROLL = { large: 4, small: 8 };

export function directTile(problem: ConvolutionProblem, machine: Machine): DirectTile {
  const axes = pixelAxes(problem);
  const { tile } = best(problem, axes, machine);
  const { inChannels, stride } = problem;
  // All groups read the same lines of the cache, one after the other.
  const bytesPerPixel = inChannels * stride[0] * stride[1] * BYTES;
  const fitting = Math.floor((machine.caches.l2 * INPUT_SHARE) / bytesPerPixel);
  const large = tile.pixels * tile.vectors >= machine.fmaPerCycle * machine.fmaLatency;
  const pixels = pixelsOf(axes);
  const weights = (multiplyAdds(problem) / pixels) * BYTES;
  const alone = machine.threads === 1;
  const limit = alone ? fitting : Math.min(fitting, pixels / machine.threads / BLOCKS_PER_THREAD);
  return {
    ...tile,
    unroll: large ? UNROLL.large : UNROLL.small,
    block: Math.max(Math.floor(limit), (alone ? 8 : 4) * tile.pixels),
    share: pixels >= PIXELS_PER_THREAD * machine.threads ? "pixels" : "channels",
    order: pixels <= tile.pixels ? "by vector" : "by step",
    prefetch: pixels > tile.pixels && weights > machine.caches.l1,
  };
}

/** Where the tensors lie is not known yet: rows are taken to stand apart unless they need not. */
export function directEstimate(shape: ConvolutionShape, machine: Machine): number {
  const { batch, outputSize, kernel, stride, inChannels, outChannels, groups } = shape;
  const joined = [...kernel, ...stride].every((n) => n === 1);
  const [height, width] = outputSize;
  const pixels = batch * height * width;
  const rows = joined || height * width === 1 ? 1 : batch * height;
  const axes = [
    { extent: rows, strides: [] },
    { extent: pixels / rows, strides: [] },
  ].filter(({ extent }) => extent > 1);
  const { cycles } = best(shape, axes, machine);
  const weights = (outChannels * inChannels * kernel[0] * kernel[1]) / groups;
  const again = fetchCycles(weights, weights, machine);
  return cycles + Math.max(again, FETCHED_AHEAD * coldCycles(weights, machine));
}

interface Candidate {
  readonly tile: RegisterTile;
  readonly cycles: number;
}

function best(shape: ConvolutionShape, axes: readonly Axis[], machine: Machine): Candidate {
  const { groups, outChannels, inChannels, kernel } = shape;
  const vectors = Math.ceil(outChannels / groups / machine.vectorWidth);
  const reduction = (inChannels / groups) * kernel[0] * kernel[1];
  const inner = axes.at(-1)?.extent ?? 1;
  const rows = (groups * pixelsOf(axes)) / inner;
  return tilesFor(machine)
    .map((tile) => ({
      tile,
      cycles: rows * productCycles({ pixels: inner, vectors, reduction }, tile, FINISHED, machine),
    }))
    .reduce((least, candidate) => (candidate.cycles < least.cycles ? candidate : least));
}

/** All tiles that fit the registers; of two with equal estimates the squarer comes first. */
function tilesFor(machine: Machine): readonly RegisterTile[] {
  const tiles: RegisterTile[] = [];
  for (let vectors = 1; vectors < machine.registers; vectors++) {
    for (let pixels = 1; pixels < machine.registers; pixels++) {
      const tile = { pixels, vectors };
      if (registersOf(tile) <= machine.registers) tiles.push(tile);
    }
  }
  return tiles.sort((a, b) => loadsPerProduct(a) - loadsPerProduct(b));
}

function loadsPerProduct({ pixels, vectors }: RegisterTile): number {
  return 1 / pixels + 1 / vectors;
}

function pixelsOf(axes: readonly Axis[]): number {
  return axes.reduce((n, { extent }) => n * extent, 1);
}
