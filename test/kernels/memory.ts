/**
 * Runs a kernel on tensors in any layouts and compares the result with the layers' own
 * definitions. All memory that is not given is NaN beforehand, and nothing outside of the
 * result may be written.
 */
import { expect } from "vitest";
import { type Tensor, sizeOf, tensor } from "../../src/graph/tensor.ts";
import type { Kernel, Statement } from "../../src/kernels/ir/ir.ts";
import type { Operand } from "../../src/kernels/loops/operand.ts";
import { layers } from "../../src/layers/index.ts";
import type { Attributes } from "../../src/layers/layer.ts";
import { largestDifference } from "../relative-error.ts";
import { prepareKernel, randomFloats } from "./harness.ts";

/** A tensor in memory: how it is laid out and, in its buffer, where its first element stands. */
export interface Given {
  readonly shape: readonly number[];
  readonly operand: Operand;
  readonly values: ArrayLike<number>;
}

export type Result = Omit<Given, "values">;

/** Elements before and behind every tensor that no kernel may write. */
const GUARD = 40;

/**
 * The result's elements, row-major. Every thread's share runs after the other's, and must
 * give the same as one thread.
 */
export function runKernel(
  kernel: Kernel,
  inputs: readonly (Given | Float32Array)[],
  result: Result,
): Float32Array {
  const alone = runWith(1, kernel, inputs, result);
  if (!kernel.body.some(({ op }) => op === "barrier")) {
    expect(runWith(3, kernel, inputs, result)).toEqual(alone);
  }
  return alone;
}

function runWith(
  threads: number,
  kernel: Kernel,
  inputs: readonly (Given | Float32Array)[],
  { shape, operand }: Result,
): Float32Array {
  assertStoresAreShared(kernel);
  const given = inputs.map((input) => (input instanceof Float32Array ? input : laidOut(input)));
  const output = new Float32Array(extentOf(shape, operand)).fill(Number.NaN);
  const working = kernel.buffers.flatMap(({ elementsPerThread }) =>
    elementsPerThread === undefined ? [] : [elementsPerThread * threads],
  );
  const buffers = [...given, output, ...working];
  const prepared = prepareKernel(kernel, buffers, { relaxedFma: true, threads });
  const view = prepared.views[given.length];
  const memory = new Float32Array(view.buffer);
  const before = memory.slice();
  prepared.run();
  const first = view.byteOffset / view.BYTES_PER_ELEMENT;
  const mayChange = new Uint8Array(memory.length);
  mayChange.set(writable(shape, operand, view.length), first);
  for (const own of prepared.views.slice(given.length + 1)) {
    mayChange.fill(1, own.byteOffset / 4, own.byteOffset / 4 + own.length);
  }
  memory.forEach((value, at) => {
    if (Object.is(value, before[at]) || mayChange[at] === 1) return;
    throw new Error(`${kernel.name} wrote outside of its result, at ${at - first}`);
  });
  const values = new Float32Array(sizeOf(shape));
  everyElement(shape, operand, (rowMajor, at) => void (values[rowMajor] = view[at]));
  return values;
}

/** Stores stand in parallel loops, or else every thread would do them. */
function assertStoresAreShared({ name, body }: Kernel): void {
  const stores = (statement: Statement): boolean => {
    switch (statement.op) {
      case "store":
      case "storeLane":
        return true;
      case "loop":
        return !statement.parallel && statement.body.some(stores);
      case "lookup":
      case "unless":
        return statement.body.some(stores);
      case "assign":
      case "prefetch":
      case "barrier":
        return false;
    }
  };
  if (body.some(stores)) throw new Error(`${name} stores outside of its parallel loops`);
}

/** Which elements of the result's memory may change. */
function writable(shape: readonly number[], operand: Operand, length: number): Uint8Array {
  const free = new Uint8Array(length);
  everyElement(shape, operand, (_, at) => {
    free[at] = 1;
    if (operand.wholeVectors) free.fill(1, at, Math.ceil((at + 1) / 4) * 4);
  });
  return free;
}

function laidOut({ shape, operand, values }: Given): Float32Array {
  const placed = new Float32Array(extentOf(shape, operand)).fill(Number.NaN);
  everyElement(shape, operand, (rowMajor, at) => void (placed[at] = values[rowMajor]));
  return placed;
}

/** Elements from the first to the last, with room for whole vectors and for guards. */
function extentOf(shape: readonly number[], { strides }: Operand): number {
  const last = shape.reduce((at, size, axis) => at + (size - 1) * strides[axis], 0);
  return last + GUARD;
}

function everyElement(
  shape: readonly number[],
  { strides }: Operand,
  visit: (rowMajor: number, at: number) => void,
): void {
  const size = sizeOf(shape);
  const coordinates = shape.map(() => 0);
  for (let i = 0; i < size; i++) {
    visit(
      i,
      coordinates.reduce((at, c, axis) => at + c * strides[axis], 0),
    );
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      coordinates[axis]++;
      if (coordinates[axis] < shape[axis]) break;
      coordinates[axis] = 0;
    }
  }
}

/** Random values in [-1, 1), or in `low … high`. */
export function randomTensor(
  shape: readonly number[],
  seed: number,
  low = -1,
  high = 1,
): { readonly tensor: Tensor; readonly values: Float32Array } {
  const values = randomFloats(sizeOf(shape), seed).map((x) => low + ((x + 1) / 2) * (high - low));
  return { tensor: tensor(shape, values), values };
}

/** What a layer of the table gives, by its reference. */
export function referenceOf(
  kind: string,
  attributes: Attributes,
  inputs: readonly Tensor[],
  weights: Readonly<Record<string, Tensor>> = {},
): Tensor {
  const layer = layers.get(kind);
  if (layer === undefined) throw new Error(`no layer ${kind}`);
  return layer.reference({ attributes, inputs, weights, mode: "inference" }).outputs[0];
}

/** The largest difference, relative to the largest value that was expected. */
export function errorOf(got: Float32Array, expected: Tensor): number {
  expect(got.length).toBe(expected.data.length);
  const error = largestDifference(got, expected.data);
  let largest = 0;
  for (const value of expected.data) {
    if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  }
  return error === 0 ? 0 : error / largest;
}
