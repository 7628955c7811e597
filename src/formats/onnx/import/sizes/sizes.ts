/**
 * Small tensors of numbers that are known when a model is read, named sizes among them: what
 * shapes, axes and scales are computed with. The operators on them stand in `fold-sizes.ts`.
 */
import { type StoredArray, isFloat, toTensor } from "../../../tensors/stored-array.ts";
import { sizeOf } from "../../../../graph/tensor.ts";
import { broadcastPosition, broadcastShape } from "../../../../layers/shared/indexing.ts";
import type { OnnxNode } from "../model.ts";
import type { Scalar } from "./scalar.ts";

export interface Sizes {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: readonly Scalar[];
  /** Whether quotients keep their fractions. */
  readonly float: boolean;
}

/** Shapes have few numbers; anything larger is data. */
export const MOST = 4096;

/** A node whose operands are known. */
export interface SizesCall {
  readonly node: OnnxNode;
  readonly inputs: readonly (Sizes | undefined)[];
}

/** The result; undefined for what cannot be done here. */
export type Fold = (call: SizesCall) => Sizes | undefined;

/** Undefined for a large array. */
export function sizesOfArray(array: StoredArray): Sizes | undefined {
  const count = array.shape.reduce((product, size) => product * size, 1);
  if (count > MOST) return undefined;
  return {
    shape: array.shape,
    values: Array.from(toTensor(array).data),
    float: isFloat(array.dtype),
  };
}

/** Undefined where a named size is among the values. */
export function arrayOfSizes({ shape, values, float }: Sizes): StoredArray | undefined {
  const numbers = values.filter((value) => typeof value === "number");
  if (numbers.length < values.length) return undefined;
  const data = float ? Float32Array.from(numbers) : BigInt64Array.from(numbers, wholeNumber);
  return {
    dtype: float ? "F32" : "I64",
    shape,
    bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}

/** "As far as it goes" is written as the largest integer, which a double rounds up beyond it. */
const LARGEST = 2 ** 62;

function wholeNumber(value: number): bigint {
  return BigInt(Math.trunc(Math.max(-LARGEST, Math.min(LARGEST, value))) || 0);
}

/** The shape to which all stretch; undefined where they do not, or where it is data. */
export function stretched(all: readonly Sizes[]): readonly number[] | undefined {
  const shape = broadcastShape(all.map((one) => one.shape));
  const fits = all.every(({ shape: own }) =>
    own.every((size, axis) => size === 1 || size === shape[axis - own.length + shape.length]),
  );
  return fits && sizeOf(shape) <= MOST ? shape : undefined;
}

export function stretchedValue(
  { values, shape: own }: Sizes,
  place: number,
  shape: readonly number[],
): Scalar {
  return values[broadcastPosition(place, own, shape)];
}
