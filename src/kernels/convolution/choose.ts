/** Which algorithm a convolution gets: the one with the lowest estimate, unless the user says. */
import type { Kernel } from "../ir/ir.ts";
import type { Machine } from "../machine.ts";
import {
  depthwiseConvolution,
  depthwisePackedLength,
  depthwiseTile,
  packDepthwise,
} from "./depthwise.ts";
import { directConvolution } from "./direct/direct.ts";
import { packDirect, packedLength } from "./direct/pack.ts";
import { directEstimate, directTile } from "./direct/tile.ts";
import type { Expansion } from "./expansion.ts";
import {
  type ConvolutionProblem,
  type ConvolutionShape,
  multiplyAdds,
  paddedInputSize,
} from "./problem.ts";
import { winogradApplies, winogradIsCompact, winogradPools } from "./winograd/axis.ts";
import { packWinograd, winogradExpansion, winogradPackedLength } from "./winograd/pack.ts";
import { savedMultiplications, winogradEstimate, winogradTile } from "./winograd/tile.ts";
import { winogradConvolution, winogradInputSize, winogradScratch } from "./winograd/winograd.ts";
import {
  winogradRowsApplies,
  winogradRowsSaving,
  winogradRowsTile,
} from "./winograd-rows/estimate.ts";
import { winogradRows } from "./winograd-rows/kernel.ts";
import { packWinogradRows, winogradRowsPackedLength } from "./winograd-rows/pack.ts";
import { winogradRowsInputSize, winogradRowsScratch } from "./winograd-rows/step.ts";

/** Outputs of a tile along one axis. */
const WINOGRAD = { winograd2: 2, winograd3: 3, winograd4: 4, winograd5: 5, winograd6: 6 } as const;
type WinogradAlgorithm = keyof typeof WINOGRAD;
const WINOGRADS = ["winograd2", "winograd3", "winograd4", "winograd5", "winograd6"] as const;

/** The ways to compute a convolution, as `--algorithm conv3=winograd4` names them. */
export const ALGORITHMS = ["direct", "depthwise", ...WINOGRADS, "winograd1d"] as const;
/** One of these ways. */
export type Algorithm = (typeof ALGORITHMS)[number];

export interface ConvolutionChoice {
  readonly algorithm: Algorithm;
  /** Why this one, in a few words. */
  readonly reason: string;
  /** Estimated cycles on one core. */
  readonly cycles: number;
  /** Whether its kernel can pool its result by windows of 2×2 before it stores it. */
  readonly pools: boolean;
  /** Height and width of the input, from the first tap of the first output on, that is read. */
  readonly inputSize: readonly [number, number];
  kernel(problem: ConvolutionProblem): Kernel;
  /** Weights `[out, in / groups, kh, kw]` in the kernel's order. */
  pack(problem: ConvolutionProblem, weights: Float32Array): Float32Array;
  /** Elements of what `pack` gives. */
  packedLength(problem: ConvolutionProblem): number;
  /** The same by kernels, where packed weights are much larger than plain ones; empty elsewhere. */
  expansion(): Expansion;
  /** Elements of working memory for each thread, behind the output in the kernel's buffers. */
  scratch(problem: ConvolutionProblem): readonly number[];
}

export interface ChooseOptions {
  readonly machine: Machine;
  /** Set by the user for this node; passed over where it cannot compute the problem. */
  readonly wanted?: Algorithm;
  /** Never trade accuracy for speed. */
  readonly precise?: boolean;
  /** Whether all that a run of the network touches stays in the last level of the cache. */
  readonly cached?: boolean;
}

export function chooseConvolution(
  shape: ConvolutionShape,
  { machine, wanted, precise = false, cached = false }: ChooseOptions,
): ConvolutionChoice {
  const possible = applicable(shape);
  if (wanted !== undefined && possible.includes(wanted)) {
    return { ...choiceOf(wanted, shape, machine, cached), reason: "as asked" };
  }
  const choices = possible
    .filter((algorithm) => !precise || !algorithm.startsWith("winograd"))
    .filter((algorithm) => !isTiled(algorithm) || winogradIsCompact(shape, WINOGRAD[algorithm]))
    .map((algorithm) => choiceOf(algorithm, shape, machine, cached));
  return choices.reduce((best, choice) => (choice.cycles < best.cycles ? choice : best));
}

function isTiled(algorithm: Algorithm): algorithm is WinogradAlgorithm {
  return Object.hasOwn(WINOGRAD, algorithm);
}

/** The algorithms that can compute the problem, `direct` first. */
export function applicable(shape: ConvolutionShape): readonly Algorithm[] {
  const { groups, inChannels, outChannels } = shape;
  const depthwise = groups > 1 && groups === inChannels && groups === outChannels;
  if (depthwise) return ["direct", "depthwise"];
  const winograd = WINOGRADS.filter((name) => winogradApplies(shape, WINOGRAD[name]));
  const rows = winogradRowsApplies(shape) ? ["winograd1d" as const] : [];
  return ["direct", ...winograd, ...rows];
}

function choiceOf(
  algorithm: Algorithm,
  shape: ConvolutionShape,
  machine: Machine,
  cached: boolean,
): ConvolutionChoice {
  switch (algorithm) {
    case "direct":
      return {
        algorithm,
        reason: "register tiles",
        cycles: directEstimate(shape, machine),
        pools: false,
        inputSize: paddedInputSize(shape),
        kernel: (problem) => directConvolution(problem, directTile(problem, machine), machine),
        pack: (problem, weights) =>
          packDirect(problem, directTile(problem, machine), machine, weights),
        packedLength: (problem) => packedLength(problem, machine),
        expansion: () => [],
        scratch: () => [],
      };
    case "depthwise":
      return {
        algorithm,
        reason: "one filter a channel",
        cycles: depthwiseEstimate(shape, machine),
        pools: false,
        inputSize: paddedInputSize(shape),
        kernel: (problem) =>
          depthwiseConvolution(problem, depthwiseTile(problem, machine), machine),
        pack: (problem, weights) => packDepthwise(problem, machine, weights),
        packedLength: (problem) => depthwisePackedLength(problem, machine),
        expansion: () => [],
        scratch: () => [],
      };
    case "winograd2":
    case "winograd3":
    case "winograd4":
    case "winograd5":
    case "winograd6":
      return winogradChoice(algorithm, shape, machine, cached);
    case "winograd1d":
      return winogradRowsChoice(shape, machine);
    default:
      return algorithm satisfies never;
  }
}

/**
 * The phases of images with three colours are small, and a quarter of each vector is empty: by 3×3
 * kernels with stride 2 Winograd took 1.05 to 1.17 times as long as estimated, direct convolution
 * 0.9 to 0.97 times.
 */
const PHASES_OF_FEW_CHANNELS = 1.15;

function winogradChoice(
  algorithm: WinogradAlgorithm,
  shape: ConvolutionShape,
  machine: Machine,
  cached: boolean,
): ConvolutionChoice {
  const outputs = WINOGRAD[algorithm];
  const tile = winogradTile(shape, outputs, machine);
  const saved = savedMultiplications(shape, outputs);
  const few =
    shape.inChannels / shape.groups < machine.vectorWidth && Math.max(...shape.stride) > 1;
  return {
    algorithm,
    reason: savingText(saved),
    cycles: winogradEstimate(shape, tile, machine, cached) * (few ? PHASES_OF_FEW_CHANNELS : 1),
    pools: winogradPools(shape, outputs),
    inputSize: winogradInputSize(shape),
    kernel: (problem) => winogradConvolution(problem, tile, machine),
    pack: (problem, weights) => packWinograd(problem, tile, machine, weights),
    packedLength: (problem) => winogradPackedLength(problem, tile, machine),
    expansion: () => winogradExpansion(shape, tile, machine),
    scratch: (problem) => {
      const { v, m } = winogradScratch(problem, tile, machine);
      return [v, m];
    },
  };
}

function winogradRowsChoice(shape: ConvolutionShape, machine: Machine): ConvolutionChoice {
  const { outputs, cycles } = winogradRowsTile(shape, machine);
  return {
    algorithm: "winograd1d",
    reason: savingText(winogradRowsSaving(shape, outputs)),
    cycles,
    pools: true,
    inputSize: winogradRowsInputSize(shape, outputs),
    kernel: (problem) => winogradRows(problem, outputs, machine),
    pack: (problem, weights) => packWinogradRows(problem, outputs, weights),
    packedLength: (problem) => winogradRowsPackedLength(problem, outputs),
    expansion: () => [],
    scratch: (problem) => {
      const { x, v, m, p } = winogradRowsScratch(problem, outputs, machine);
      return [x, v, m, p];
    },
  };
}

function savingText(saved: number): string {
  return `${saved.toFixed(saved % 1 === 0 ? 0 : 2)} times fewer multiplications`;
}

/** Every tap is a product and nearly half a load. */
function depthwiseEstimate(shape: ConvolutionShape, machine: Machine): number {
  return (1.5 * multiplyAdds(shape)) / machine.vectorWidth / machine.fmaPerCycle;
}
