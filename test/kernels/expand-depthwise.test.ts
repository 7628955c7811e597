import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { packDepthwise } from "../../src/kernels/convolution/depthwise.ts";
import { packDirect } from "../../src/kernels/convolution/direct/pack.ts";
import {
  expandDepthwise,
  expandDepthwiseTiling,
} from "../../src/kernels/convolution/expand-depthwise.ts";
import { channelsLast, noMargin } from "../../src/kernels/loops/layout.ts";
import type { Machine } from "../../src/kernels/machine.ts";
import { functionOf } from "../../src/plan/lower/epilogue.ts";
import { wasmMachine } from "../../src/targets/wasm/machine.ts";
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

const TOLERANCE = 1e-6;

interface Case {
  readonly batch?: number;
  readonly inChannels: number;
  /** Channels between and of the output. */
  readonly channels: number;
  /** Height and width of the input. */
  readonly size: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly stride?: readonly [number, number];
  readonly dilation?: readonly [number, number];
  /** Above, left, below and right. */
  readonly padding?: readonly [number, number, number, number];
  readonly bias?: boolean;
  readonly residual?: boolean;
  /** Whether the input lies in a margin for others, so that its rows stand apart. */
  readonly margin?: boolean;
  readonly threads?: number;
  /** Bytes; a small one cuts the map into many bands. */
  readonly l2?: number;
}

/** Output size along an axis, which may be too small to exist. */
function outputOf(given: Case, axis: 0 | 1): number {
  const { size, kernel, stride = [1, 1], dilation = [1, 1], padding = [0, 0, 0, 0] } = given;
  const padded = size[axis] + padding[axis] + padding[axis + 2];
  return Math.floor((padded - (kernel[axis] - 1) * dilation[axis] - 1) / stride[axis]) + 1;
}

/** The largest error relative to the largest sum of its terms. */
function errorOf(given: Case): number {
  const { batch = 1, inChannels, channels, size, kernel, bias = false, residual = false } = given;
  const { stride = [1, 1], dilation = [1, 1], padding = [0, 0, 0, 0], threads = 1 } = given;
  const [top, left, bottom, right] = padding;
  const host = wasmMachine({ relaxedSimd: true, threads });
  const machine: Machine = { ...host, caches: { ...host.caches, l2: given.l2 ?? host.caches.l2 } };
  const filled = (count: number) => ({ pitch: Math.ceil(count / 4) * 4, vectorWidth: 4 });
  const inputShape: Shape = [batch, inChannels, ...size];
  const betweenShape: Shape = [batch, channels, ...size];
  const outputShape: Shape = [batch, channels, outputOf(given, 0), outputOf(given, 1)];
  const margin = given.margin ? { top: 1, left: 2, bottom: 0, right: 1 } : noMargin;
  const layout = channelsLast(outputShape, filled(channels));
  const relu = functionOf({ kind: "relu", attributes: {} });
  const problem = {
    expand: {
      batch,
      inChannels,
      outChannels: channels,
      groups: 1,
      kernel: [1, 1],
      stride: [1, 1],
      dilation: [1, 1],
      outputSize: size,
      input: channelsLast(inputShape, filled(inChannels), margin),
      epilogue: { bias, activation: relu },
    },
    depthwise: {
      batch,
      inChannels: channels,
      outChannels: channels,
      groups: channels,
      kernel,
      stride,
      dilation,
      outputSize: [outputShape[2], outputShape[3]],
      output: layout,
      epilogue: { bias, ...(residual && { residual: layout }) },
    },
    padding: { top, left },
  } as const;
  const { expand, depthwise, tile, scratch } = expandDepthwiseTiling(problem, machine);

  const input = randomFloats(elementsOf(inputShape), 1);
  const weights = randomFloats(channels * inChannels, 2);
  const filters = randomFloats(channels * kernel[0] * kernel[1], 3);
  const biases = [randomFloats(channels + 3, 4), randomFloats(channels + 3, 5)];
  const added = randomFloats(elementsOf(outputShape), 6);
  const buffers = [
    laidOut(expand.input, inputShape, input),
    packDirect(expand, tile, machine, weights),
    ...(bias ? [biases[0]] : []),
    packDepthwise(depthwise, machine, filters),
    ...(bias ? [biases[1]] : []),
    ...(residual ? [laidOut(layout, outputShape, added)] : []),
    new Float32Array(extentOf(layout, outputShape)).fill(Number.NaN),
    new Float32Array(scratch * threads).fill(Number.NaN),
  ];
  const prepared = prepareKernel(expandDepthwise(problem, machine), buffers, {
    relaxedFma: true,
    threads,
  });
  prepared.run();
  const got = collected(layout, outputShape, prepared.views[buffers.length - 2]);

  const between = referenceConvolution(expand, {
    input,
    inputSize: size,
    weights,
    bias: bias ? biases[0] : undefined,
    activation: (x) => Math.max(x, 0),
  });
  const padded: Shape = [batch, channels, top + size[0] + bottom, left + size[1] + right];
  const surrounded = new Float32Array(elementsOf(padded));
  everyElement(channelsFirst(padded), betweenShape, (from, to) => {
    surrounded[to + top * padded[3] + left] = between.values[from];
  });
  const expected = referenceConvolution(depthwise, {
    input: surrounded,
    inputSize: [padded[2], padded[3]],
    weights: filters,
    bias: bias ? biases[1] : undefined,
    residual: residual ? added : undefined,
  });
  return largestDifference(got, expected.values) / (expected.magnitude + between.magnitude);
}

const elementsOf = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);

describe("a 1×1 convolution with the depthwise one behind it equals both definitions", () => {
  const square = { kernel: [3, 3], padding: [1, 1, 1, 1], bias: true } as const;
  const cases: readonly Case[] = [
    { inChannels: 1, channels: 1, size: [1, 1], kernel: [1, 1] },
    { ...square, inChannels: 16, channels: 96, size: [14, 14] },
    { ...square, inChannels: 24, channels: 40, size: [7, 7], residual: true },
    { ...square, inChannels: 24, channels: 37, size: [13, 17], stride: [2, 2] },
    { ...square, inChannels: 8, channels: 24, size: [30, 20], l2: 8000 },
    { ...square, inChannels: 8, channels: 24, size: [31, 20], l2: 8000, threads: 2 },
    { ...square, inChannels: 8, channels: 50, size: [9, 12], batch: 3, margin: true, threads: 2 },
    {
      inChannels: 6,
      channels: 12,
      size: [2, 3],
      kernel: [5, 5],
      padding: [2, 2, 2, 2],
      margin: true,
    },
    { inChannels: 5, channels: 9, size: [8, 33], kernel: [5, 3], padding: [1, 2, 3, 0] },
  ];
  test.each(cases)("%j", (given) => {
    expect(errorOf(given)).toBeLessThan(TOLERANCE);
  });

  test("for random problems", () => {
    const size = (most: number) => fc.integer({ min: 1, max: most });
    const pair = (most: number) => fc.tuple(size(most), size(most));
    const padding = fc.integer({ min: 0, max: 3 });
    const any = fc.record({
      batch: size(3),
      inChannels: size(40),
      channels: size(40),
      size: pair(20),
      kernel: pair(5),
      stride: pair(3),
      dilation: pair(2),
      padding: fc.tuple(padding, padding, padding, padding),
      bias: fc.boolean(),
      residual: fc.boolean(),
      margin: fc.boolean(),
      threads: size(2),
      l2: fc.constantFrom(1000, 10_000, 1e6),
    });
    fc.assert(
      fc.property(any, (given) => {
        fc.pre(outputOf(given, 0) > 0 && outputOf(given, 1) > 0);
        expect(errorOf(given)).toBeLessThan(TOLERANCE);
      }),
      { numRuns: 60 },
    );
  });
});
