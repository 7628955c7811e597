/**
 * Which algorithm and tiles a convolution gets: every candidate is given an estimate in
 * cycles, made of the work of its inner loops and of the bytes that it must fetch, and the
 * cheapest is taken.
 */
import type { Kernel } from "../ir.ts";
import type { Machine } from "../machine.ts";
import { evenTiles, joinAxes } from "../tiles.ts";
import { depthwiseConvolution, depthwiseTile, packDepthwise } from "./depthwise.ts";
import { type DirectTile, directConvolution, packDirect, packedLength } from "./direct.ts";
import { type ConvolutionProblem, multiplyAdds, paddedInputSize } from "./problem.ts";
import { reductionOf } from "./reduction.ts";
import {
  type WinogradTile,
  packWinograd,
  winogradConvolution,
  winogradInputSize,
  winogradScratch,
} from "./winograd.ts";

export const algorithms = ["direct", "depthwise", "winograd2", "winograd4"] as const;
export type Algorithm = (typeof algorithms)[number];

export interface Scratch {
  readonly elements: number;
  readonly perThread: boolean;
}

/** A way to compute one convolution, ready to be generated. */
export interface ConvolutionPlan {
  readonly algorithm: Algorithm;
  /** Tile sizes in words: `6x8, unroll 4`. */
  readonly tile: string;
  readonly cycles: number;
  /** Behind the output in the order of the buffers. */
  readonly scratch: readonly Scratch[];
  readonly packedElements: number;
  generate(): Kernel;
  pack(weights: ArrayLike<number>): Float32Array;
}

/** The algorithms that can compute the problem at all. */
export function applicable(problem: ConvolutionProblem): readonly Algorithm[] {
  const { groups, inChannels, outChannels, kernel, stride, dilation } = problem;
  if (groups === inChannels && groups === outChannels && groups > 1) return ["depthwise", "direct"];
  const dense = groups === 1 && [...stride, ...dilation].every((n) => n === 1);
  const square = kernel[0] === kernel[1];
  if (!dense || !square || kernel[0] === 1) return ["direct"];
  if (kernel[0] === 3) return ["direct", "winograd2", "winograd4"];
  return kernel[0] === 5 ? ["direct", "winograd2"] : ["direct"];
}

/** Whether the input's channels must lie next to each other. */
export function needsChannelsLast(algorithm: Algorithm): boolean {
  return algorithm !== "direct";
}

/** Height and width of the input, padding included, that the algorithm reads. */
export function inputSizeOf(
  algorithm: Algorithm,
  problem: ConvolutionProblem,
): readonly [number, number] {
  if (algorithm === "winograd2") return winogradInputSize(problem, 2);
  if (algorithm === "winograd4") return winogradInputSize(problem, 4);
  return paddedInputSize(problem);
}

export interface AlgorithmOptions {
  /** Take no algorithm that rounds more than the definition does. */
  readonly precise: boolean;
}

/** The algorithm with the lowest estimate. */
export function chooseAlgorithm(
  problem: ConvolutionProblem,
  machine: Machine,
  { precise }: AlgorithmOptions,
): Algorithm {
  const candidates = applicable(problem).filter((a) => !precise || !a.startsWith("winograd"));
  const costs = candidates.map((a) => planConvolution(a, problem, machine).cycles);
  return candidates[costs.indexOf(Math.min(...costs))];
}

/** The best tiles for an algorithm. */
export function planConvolution(
  algorithm: Algorithm,
  problem: ConvolutionProblem,
  machine: Machine,
): ConvolutionPlan {
  switch (algorithm) {
    case "direct":
      return planDirect(problem, machine);
    case "depthwise":
      return planDepthwise(problem, machine);
    case "winograd2":
      return planWinograd(problem, 2, machine);
    case "winograd4":
      return planWinograd(problem, 4, machine);
    default:
      return algorithm satisfies never;
  }
}

const FLOAT = 4;
/** Cycles to start and finish one register tile, apart from its loads and stores. */
const TILE_OVERHEAD = 16;

/** Cycles of one step of the reduction for a register tile. */
function stepCycles(pixels: number, vectors: number, machine: Machine): number {
  const products = pixels * vectors;
  const inRegisters = products + Math.min(pixels, vectors) + 1;
  const spilled = Math.max(0, inRegisters - machine.registers);
  return (
    Math.max(
      products / machine.fmaPerCycle,
      machine.fmaLatency,
      (pixels + vectors) / machine.loadsPerCycle,
    ) +
    // A spilled accumulator is loaded and stored once in every step.
    spilled * 2
  );
}

/** Cycles of a matrix product cut into register tiles. */
function productCycles(
  pixels: number,
  vectors: number,
  reduction: number,
  tile: { readonly pixels: number; readonly vectors: number },
  machine: Machine,
): number {
  let cycles = 0;
  for (const p of evenTiles(pixels, tile.pixels)) {
    for (const v of evenTiles(vectors, tile.vectors)) {
      const one = reduction * stepCycles(p.size, v.size, machine) + TILE_OVERHEAD + p.size * v.size;
      cycles += p.count * v.count * one;
    }
  }
  return cycles;
}

/** Cycles to fetch bytes that stay in a working set of the given size between uses. */
function fetchCycles(bytes: number, workingSet: number, { caches, bandwidth }: Machine): number {
  if (workingSet <= caches.l1) return 0;
  if (workingSet <= caches.l2) return bytes / bandwidth.l2 / 4;
  return bytes / (workingSet <= caches.l3 ? bandwidth.l3 : bandwidth.memory);
}

const DIRECT_TILES = [
  [6, 2],
  [5, 2],
  [4, 2],
  [3, 3],
  [2, 4],
  [2, 5],
  [2, 6],
  [1, 8],
  [1, 10],
  [1, 12],
] as const;

function planDirect(problem: ConvolutionProblem, machine: Machine): ConvolutionPlan {
  const { groups, outChannels, outputSize, batch, input, output } = problem;
  const { vectorWidth, caches } = machine;
  const vectors = Math.ceil(outChannels / groups / vectorWidth);
  const { length } = reductionOf(problem);
  const axes = joinAxes([
    { extent: batch, strides: [input.n, output.n] },
    { extent: outputSize[0], strides: [input.h * problem.stride[0], output.h] },
    { extent: outputSize[1], strides: [input.w * problem.stride[1], output.w] },
  ]);
  const inner = axes.at(-1)?.extent ?? 1;
  const pixels = axes.reduce((n, { extent }) => n * extent, 1);
  const rows = groups * (pixels / inner);
  const packedElements = packedLength(problem, machine);
  const inputPerPixel =
    ((problem.inChannels / groups) * problem.stride[0] * problem.stride[1] * FLOAT) | 0;
  const block = Math.max(16, Math.floor(caches.l2 / 2 / inputPerPixel));
  const passes = Math.ceil(pixels / block);
  const weightBytes = packedElements * FLOAT;
  const fetch = passes * fetchCycles(weightBytes, weightBytes, machine);
  const costs = DIRECT_TILES.map(([p, v]) => {
    const tile = { pixels: p, vectors: v };
    return rows * productCycles(inner, vectors, length, tile, machine) + fetch;
  });
  const best = costs.indexOf(Math.min(...costs));
  const [p, v] = DIRECT_TILES[best];
  const tile: DirectTile = {
    pixels: p,
    vectors: v,
    unroll: p * v >= 8 ? 4 : 8,
    block,
    share: passes >= 4 * machine.threads || machine.threads === 1 ? "pixels" : "channels",
  };
  return {
    algorithm: "direct",
    tile: `${p}x${v * vectorWidth}`,
    cycles: costs[best],
    scratch: [],
    packedElements,
    generate: () => directConvolution(problem, tile, machine),
    pack: (weights) => packDirect(problem, tile, machine, weights),
  };
}

function planDepthwise(problem: ConvolutionProblem, machine: Machine): ConvolutionPlan {
  const tile = depthwiseTile(problem, machine);
  const vectors = Math.ceil(problem.outChannels / machine.vectorWidth);
  const taps = problem.kernel[0] * problem.kernel[1];
  const work = multiplyAdds(problem) / machine.vectorWidth / machine.fmaPerCycle;
  return {
    algorithm: "depthwise",
    tile: `${tile.pixels}x${machine.vectorWidth}`,
    cycles: work * 2,
    scratch: [],
    packedElements: vectors * machine.vectorWidth * taps,
    generate: () => depthwiseConvolution(problem, tile, machine),
    pack: (weights) => packDepthwise(problem, machine, weights),
  };
}

/** Vector operations of the transforms of one tile, per vector of channels. */
const TRANSFORM_CYCLES = { 2: { input: 40, output: 30 }, 4: { input: 150, output: 110 } };

function planWinograd(
  problem: ConvolutionProblem,
  outputs: 2 | 4,
  machine: Machine,
): ConvolutionPlan {
  const { inChannels, outChannels, outputSize, batch, kernel } = problem;
  const { vectorWidth, caches } = machine;
  const points = (outputs + kernel[0] - 1) ** 2;
  const tiles = outputSize.reduce((n, size) => n * Math.ceil(size / outputs), batch);
  const inVectors = Math.ceil(inChannels / vectorWidth);
  const outVectors = Math.ceil(outChannels / vectorWidth);
  const perTile = points * inVectors * vectorWidth * FLOAT;
  const block = Math.max(6, Math.min(tiles, Math.round((caches.l2 * 0.6) / perTile)));
  const passes = Math.ceil(tiles / block);
  const weightBytes = points * inChannels * outVectors * vectorWidth * FLOAT;
  const size = kernel[0] === 3 ? outputs : 4;
  const transform = TRANSFORM_CYCLES[size];
  const register = { pixels: 6, vectors: 2 };
  const cycles =
    tiles * (inVectors * transform.input + outVectors * transform.output) +
    points * passes * productCycles(tiles / passes, outVectors, inChannels, register, machine) +
    passes * fetchCycles(weightBytes, weightBytes, machine);
  const tile: WinogradTile = { outputs, block, ...register, unroll: 4, share: "tiles" };
  const { v, m } = winogradScratch(problem, tile, machine);
  return {
    algorithm: outputs === 2 ? "winograd2" : "winograd4",
    tile: `${block} tiles, ${register.pixels}x${register.vectors * vectorWidth}`,
    cycles,
    scratch: [
      { elements: v, perThread: true },
      { elements: m, perThread: true },
    ],
    packedElements: points * inChannels * outVectors * vectorWidth,
    generate: () => winogradConvolution(problem, tile, machine),
    pack: (weights) => packWinograd(problem, tile, machine, weights),
  };
}
