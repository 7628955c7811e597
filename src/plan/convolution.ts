/** Convolutions and linear layers: which algorithm, what it needs of its input, its kernel. */
import type { ConvolutionOperation } from "../graph/operation.ts";
import { type DirectTile, directConvolution, packDirect } from "../kernels/convolution/direct.ts";
import type { ConvolutionProblem } from "../kernels/convolution/problem.ts";
import {
  type WinogradTile,
  packWinograd,
  winogradConvolution,
  winogradInputSize,
  winogradScratch,
} from "../kernels/convolution/winograd.ts";
import type { Kernel } from "../kernels/ir.ts";
import type { Machine } from "../kernels/machine.ts";

/** A convolution before its layouts are fixed. */
export type ConvolutionShape = Omit<ConvolutionProblem, "input" | "output" | "epilogue">;

export const ALGORITHMS = ["direct", "winograd2", "winograd4"] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

export interface ConvolutionChoice {
  readonly algorithm: Algorithm;
  /** Why this one, in a few words. */
  readonly reason: string;
  /** Height and width of the input, from the first tap of the first output on, that is read. */
  readonly inputSize: readonly [number, number];
  kernel(problem: ConvolutionProblem): Kernel;
  /** Weights [out, in / groups, kh, kw] in the kernel's order. */
  pack(problem: ConvolutionProblem, weights: Float32Array): Float32Array;
  /** Elements of working memory for each thread, behind the output in the kernel's buffers. */
  scratch(problem: ConvolutionProblem): readonly number[];
}

export function convolutionShape(
  operation: ConvolutionOperation,
  input: readonly number[],
  output: readonly number[],
): ConvolutionShape {
  const { kernel, stride, dilation, groups } = operation;
  const [batch, inChannels] = input;
  const [, outChannels, height, width] = output;
  return {
    batch,
    inChannels,
    outChannels,
    groups,
    kernel,
    stride,
    dilation,
    outputSize: [height, width],
  };
}

export interface ChooseOptions {
  readonly machine: Machine;
  /** Set by the user for this node. */
  readonly wanted?: Algorithm;
  /** Never trade accuracy for speed. */
  readonly precise?: boolean;
}

/** Winograd's transforms pay from so many channels on both sides. */
const WINOGRAD_CHANNELS = 16;

export function chooseConvolution(
  shape: ConvolutionShape,
  { machine, wanted, precise = false }: ChooseOptions,
): ConvolutionChoice {
  if (wanted !== undefined) return choiceOf(wanted, shape, machine, "as asked");
  const { inChannels, outChannels, outputSize } = shape;
  const [height, width] = outputSize;
  if (precise) return choiceOf("direct", shape, machine, "the most precise");
  const channels = Math.min(inChannels, outChannels);
  if (!winogradApplies(shape) || channels < WINOGRAD_CHANNELS || Math.min(height, width) < 4) {
    return choiceOf("direct", shape, machine, "register tiles");
  }
  return choiceOf("winograd4", shape, machine, "4 times fewer multiplications");
}

/** Stride 1, a square kernel, all channels joined. */
function winogradApplies({
  kernel: [kh, kw],
  stride,
  dilation,
  groups,
}: ConvolutionShape): boolean {
  const ones = [...stride, ...dilation].every((n) => n === 1);
  return kh === 3 && kw === 3 && ones && groups === 1;
}

function choiceOf(
  algorithm: Algorithm,
  shape: ConvolutionShape,
  machine: Machine,
  reason: string,
): ConvolutionChoice {
  switch (algorithm) {
    case "direct":
      return direct(shape, machine, reason);
    case "winograd2":
      return winograd(2, shape, machine, reason);
    case "winograd4":
      return winograd(4, shape, machine, reason);
    default:
      return algorithm satisfies never;
  }
}

function direct(shape: ConvolutionShape, machine: Machine, reason: string): ConvolutionChoice {
  const tile = directTile(shape, machine);
  return {
    algorithm: "direct",
    reason,
    inputSize: [extentOf(shape, 0), extentOf(shape, 1)],
    kernel: (problem) => directConvolution(problem, tile, machine),
    pack: (problem, weights) => packDirect(problem, tile, machine, weights),
    scratch: () => [],
  };
}

/** `p` pixels by `v` vectors need `p·v` accumulators, `v` weights and an input element. */
function directTile(
  { batch, outputSize: [height, width], outChannels, groups }: ConvolutionShape,
  machine: Machine,
): DirectTile {
  const pixels = batch * height * width;
  const vectors = Math.ceil(outChannels / groups / machine.vectorWidth);
  if (pixels === 1) return { pixels: 1, vectors: 8, unroll: 4, block: 1, share: "channels" };
  if (pixels < 6) {
    const wide = Math.floor((machine.registers - pixels) / (pixels + 1));
    return {
      pixels,
      vectors: Math.min(wide, vectors),
      unroll: 4,
      block: pixels,
      share: "channels",
    };
  }
  if (vectors === 1) return { pixels: 8, vectors: 1, unroll: 4, block: 256, share: "pixels" };
  return { pixels: 6, vectors: 2, unroll: 4, block: 96, share: "pixels" };
}

function winograd(
  outputs: 2 | 4,
  shape: ConvolutionShape,
  machine: Machine,
  reason: string,
): ConvolutionChoice {
  const size = (outputs + shape.kernel[0] - 1) ** 2;
  // The transformed block stays in half of the second-level cache.
  const fitting = Math.floor(machine.caches.l2 / 2 / (size * shape.inChannels * 4));
  const tile: WinogradTile = {
    outputs,
    block: Math.max(12, fitting),
    pixels: 6,
    vectors: 2,
    unroll: 4,
    share: "tiles",
  };
  return {
    algorithm: outputs === 4 ? "winograd4" : "winograd2",
    reason,
    inputSize: winogradInputSize(shape, outputs),
    kernel: (problem) => winogradConvolution(problem, tile, machine),
    pack: (problem, weights) => packWinograd(problem, tile, machine, weights),
    scratch: (problem) => {
      const { v, m } = winogradScratch(problem, tile, machine);
      return [v, m];
    },
  };
}

/** Pixels from the first tap of the first output to the last tap of the last. */
function extentOf({ outputSize, stride, kernel, dilation }: ConvolutionShape, axis: 0 | 1): number {
  return (outputSize[axis] - 1) * stride[axis] + (kernel[axis] - 1) * dilation[axis] + 1;
}
