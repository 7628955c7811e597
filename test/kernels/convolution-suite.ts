/**
 * The problems that every convolution generator must solve, and the check of one of them
 * against the definition. Padding is part of the layouts: margins of zeros of any width.
 */
import * as fc from "fast-check";
import type { Algorithm } from "../../src/kernels/convolution/choose.ts";
import type { ConvolutionProblem } from "../../src/kernels/convolution/problem.ts";
import { paddedInputSize } from "../../src/kernels/convolution/problem.ts";
import type { Kernel } from "../../src/kernels/ir/ir.ts";
import { type Layout, channelsLast } from "../../src/kernels/loops/layout.ts";
import { functionOf } from "../../src/plan/lower/epilogue.ts";
import { largestDifference } from "../relative-error.ts";
import { prepareKernel, randomFloats } from "./harness.ts";
import { channelsFirst } from "./layouts.ts";
import {
  type Shape,
  collected,
  everyElement,
  extentOf,
  laidOut,
  referenceConvolution,
} from "./reference.ts";

/** Largest errors that are allowed, relative to the largest sum of absolute products. */
export const tolerances: Readonly<Record<Algorithm, number>> = {
  direct: 1e-6,
  depthwise: 1e-6,
  winograd2: 3e-6,
  winograd3: 5e-6,
  winograd4: 1e-5,
  winograd5: 2e-5,
  winograd6: 2e-5,
  winograd1d: 1e-5,
};

type Order = "first" | "last" | "last exact";

/** A problem before its layouts are fixed. */
export interface Case {
  readonly batch?: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly groups?: number;
  readonly kernel: readonly [number, number];
  readonly stride?: readonly [number, number];
  readonly dilation?: readonly [number, number];
  readonly outputSize: readonly [number, number];
  readonly bias?: boolean;
  readonly residual?: boolean;
  readonly activation?: "relu";
  /** Windows of 2×2 side by side. */
  readonly pool?: "max" | "mean";
  readonly input?: Order;
  readonly output?: Order;
  /** Lanes of the kernel's vectors; 4 unless given. */
  readonly vectorWidth?: number;
}

function layoutFor(order: Order, shape: Shape, vectorWidth = 4): Layout {
  if (order === "first") return channelsFirst(shape);
  const pitch = order === "last exact" ? shape[1] : Math.ceil(shape[1] / vectorWidth) * vectorWidth;
  return channelsLast(shape, { pitch, vectorWidth });
}

/** The problem with an input of `inputSize`, or just as large as the definition reads. */
export function problemOf(
  given: Case,
  inputSize?: (problem: ConvolutionProblem) => readonly [number, number],
): ConvolutionProblem {
  const { batch = 1, groups = 1, stride = [1, 1], dilation = [1, 1] } = given;
  const { bias = false, residual = false, activation, pool, vectorWidth } = given;
  const shape: Shape = [batch, given.outChannels, ...given.outputSize];
  const output = layoutFor(given.output ?? "last", pool ? halved(shape) : shape, vectorWidth);
  const partial = {
    batch,
    inChannels: given.inChannels,
    outChannels: given.outChannels,
    groups,
    kernel: given.kernel,
    stride,
    dilation,
    outputSize: given.outputSize,
    output,
    epilogue: {
      bias,
      ...(residual ? { residual: layoutFor("last", shape, vectorWidth) } : {}),
      ...(activation ? { activation: functionOf({ kind: activation, attributes: {} }) } : {}),
      ...(pool ? { pool: { kind: pool } } : {}),
    },
  };
  const [h, w] = (inputSize ?? paddedInputSize)({ ...partial, input: output });
  const input = layoutFor(given.input ?? "last", [batch, given.inChannels, h, w], vectorWidth);
  return { ...partial, input };
}

export interface Implementation {
  readonly kernel: Kernel;
  readonly weights: Float32Array;
  /** Elements of the buffers of working memory, which stand behind the output. */
  readonly scratch?: readonly number[];
  /** Lanes of the kernel's vectors; 4 unless given. */
  readonly vectorWidth?: number;
  /** Whose shares are run one after the other; 1 unless given. */
  readonly threads?: number;
}

/** The largest error of the kernel's output relative to the largest sum of its terms. */
export function errorOf(
  problem: ConvolutionProblem,
  implement: (weights: Float32Array) => Implementation,
  inputSize: readonly [number, number] = paddedInputSize(problem),
): number {
  const { batch, inChannels, outChannels, groups, kernel, outputSize, epilogue } = problem;
  const inputShape: Shape = [batch, inChannels, ...inputSize];
  const outputShape: Shape = [batch, outChannels, ...outputSize];
  const storedShape = epilogue.pool ? halved(outputShape) : outputShape;
  const input = randomFloats(elementsOf(inputShape), 1);
  const weights = randomFloats((outChannels * inChannels * kernel[0] * kernel[1]) / groups, 2);
  const bias = epilogue.bias ? randomFloats(outChannels, 3) : undefined;
  const residual = epilogue.residual ? randomFloats(elementsOf(outputShape), 4) : undefined;
  const made = implement(weights);
  const { scratch = [], vectorWidth = 4, threads = 1 } = made;
  const biasLength = outChannels + vectorWidth - 1;
  const paddedBias = bias && Float32Array.from({ length: biasLength }, (_, i) => bias[i] ?? 0);
  const buffers = [
    laidOut(problem.input, inputShape, input),
    made.weights,
    ...(paddedBias ? [paddedBias] : []),
    ...(epilogue.residual && residual ? [laidOut(epilogue.residual, outputShape, residual)] : []),
    new Float32Array(extentOf(problem.output, storedShape)).fill(Number.NaN),
    ...scratch.map((length) => new Float32Array(threads * length).fill(Number.NaN)),
  ];
  const prepared = prepareKernel(made.kernel, buffers, { vectorWidth, threads });
  prepared.run();
  const placed = prepared.views[buffers.length - 1 - scratch.length];
  assertOnlyChannelsWritten(problem.output, storedShape, placed);
  const got = collected(problem.output, storedShape, placed);
  const activation = epilogue.activation ? relu : undefined;
  const expected = referenceConvolution(problem, {
    input,
    inputSize,
    weights,
    bias,
    residual,
    ...(activation ? { activation } : {}),
  });
  const wanted = epilogue.pool
    ? pooledByPairs(expected.values, outputShape, epilogue.pool.kind)
    : expected.values;
  return largestDifference(got, wanted) / expected.magnitude;
}

const halved = ([batch, channels, height, width]: Shape): Shape => [
  batch,
  channels,
  Math.floor(height / 2),
  Math.floor(width / 2),
];

function pooledByPairs(values: Float64Array, shape: Shape, kind: "max" | "mean"): Float64Array {
  const [, , height, width] = shape;
  const [batch, channels, rows, columns] = halved(shape);
  return Float64Array.from({ length: batch * channels * rows * columns }, (_, i) => {
    const x = i % columns;
    const y = Math.floor(i / columns) % rows;
    const first = (Math.floor(i / (rows * columns)) * height + 2 * y) * width + 2 * x;
    const window = [0, 1, width, width + 1].map((offset) => values[first + offset]);
    return kind === "max" ? Math.max(...window) : window.reduce((a, b) => a + b) / 4;
  });
}

const elementsOf = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);
const relu = (x: number): number => Math.max(x, 0);

/** Where vectors may not be filled up, nothing but the tensor itself may be written. */
function assertOnlyChannelsWritten(layout: Layout, shape: Shape, placed: Float32Array): void {
  if (layout.wholeVectors) return;
  const free = Uint8Array.from(placed, () => 1);
  everyElement(layout, shape, (_, at) => void (free[at] = 0));
  placed.forEach((value, i) => {
    if (free[i] === 1 && !Number.isNaN(value)) throw new Error(`wrote outside the tensor at ${i}`);
  });
}

/** Sizes at the edges of tiles, vectors and layouts. */
export const edgeCases: readonly Case[] = [
  { inChannels: 1, outChannels: 1, kernel: [1, 1], outputSize: [1, 1] },
  { inChannels: 1, outChannels: 6, kernel: [5, 5], outputSize: [28, 28], bias: true },
  { inChannels: 3, outChannels: 64, kernel: [7, 7], stride: [2, 2], outputSize: [11, 13] },
  { inChannels: 3, outChannels: 8, kernel: [3, 3], outputSize: [9, 9], input: "first" },
  { inChannels: 3, outChannels: 8, kernel: [3, 3], outputSize: [9, 9], input: "last exact" },
  { inChannels: 67, outChannels: 67, kernel: [3, 3], outputSize: [7, 7], residual: true },
  { inChannels: 8, outChannels: 5, kernel: [3, 3], outputSize: [5, 6], output: "first" },
  { inChannels: 8, outChannels: 7, kernel: [3, 3], outputSize: [5, 6], output: "last exact" },
  { inChannels: 64, outChannels: 32, kernel: [1, 1], outputSize: [14, 14], activation: "relu" },
  { inChannels: 12, outChannels: 12, groups: 3, kernel: [3, 3], outputSize: [6, 6], bias: true },
  { inChannels: 10, outChannels: 10, groups: 5, kernel: [3, 3], outputSize: [6, 6], bias: true },
  { inChannels: 6, outChannels: 6, groups: 6, kernel: [3, 3], outputSize: [6, 6] },
  { inChannels: 5, outChannels: 9, kernel: [3, 3], dilation: [2, 3], outputSize: [8, 8] },
  { inChannels: 400, outChannels: 120, kernel: [1, 1], outputSize: [1, 1], bias: true },
  { batch: 5, inChannels: 40, outChannels: 10, kernel: [1, 1], outputSize: [1, 1], bias: true },
  {
    batch: 3,
    inChannels: 16,
    outChannels: 120,
    kernel: [5, 5],
    outputSize: [1, 1],
    bias: true,
    residual: true,
    activation: "relu",
  },
];

const size = (max: number) => fc.integer({ min: 1, max });
const pair = (max: number) => fc.tuple(size(max), size(max));
const order = fc.constantFrom<Order>("first", "last", "last exact");

/** Any convolution of moderate size. */
export const anyCase: fc.Arbitrary<Case> = fc
  .record({
    batch: size(5),
    perGroup: pair(20),
    groups: fc.constantFrom(1, 1, 1, 2, 3),
    kernel: pair(5),
    stride: pair(3),
    dilation: pair(3),
    outputSize: pair(14),
    bias: fc.boolean(),
    residual: fc.boolean(),
    input: order,
    output: order,
  })
  .map(({ perGroup, ...rest }) => ({
    ...rest,
    inChannels: perGroup[0] * rest.groups,
    outChannels: perGroup[1] * rest.groups,
    residual: rest.residual && rest.output === "last",
  }));
