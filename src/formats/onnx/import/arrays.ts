/** Stored arrays rearranged and computed with, for weights that a model stores in another form. */
import { sizeOf } from "../../../graph/tensor.ts";
import { type StoredArray, elementSize, toTensor } from "../../tensors/stored-array.ts";

/** The same numbers under another shape: nothing is copied. */
export function reshapedArray(array: StoredArray, shape: readonly number[]): StoredArray {
  return { ...array, shape };
}

/** Whether two arrays hold the same numbers. */
export function sameArray(a: StoredArray, b: StoredArray): boolean {
  if (a === b) return true;
  if (a.dtype !== b.dtype || a.shape.join() !== b.shape.join()) return false;
  const { bytes } = b;
  return a.bytes === bytes || a.bytes.every((byte, at) => byte === bytes[at]);
}

/** Blocks of this many rows and columns stay in the cache while they are transposed. */
const BLOCK = 32;

/** Each matrix that was transposed and what came out, both ways: exporters transpose back, and again. */
const transposes = new WeakMap<StoredArray, StoredArray>();

/** The transposed matrix. */
export function transposedMatrix(array: StoredArray): StoredArray {
  const transposed = transposes.get(array) ?? transpose(array);
  transposes.set(transposed, array);
  transposes.set(array, transposed);
  return transposed;
}

function transpose(array: StoredArray): StoredArray {
  const [rows, columns] = array.shape;
  if (elementSize(array.dtype) !== 4) return permutedBytes(array, [1, 0]);
  const from = wordsOf(array.bytes);
  const to = new Uint32Array(from.length);
  for (let row = 0; row < rows; row += BLOCK) {
    const lastRow = Math.min(rows, row + BLOCK);
    for (let column = 0; column < columns; column += BLOCK) {
      const lastColumn = Math.min(columns, column + BLOCK);
      for (let r = row; r < lastRow; r++) {
        for (let c = column; c < lastColumn; c++) to[c * rows + r] = from[r * columns + c];
      }
    }
  }
  return { dtype: array.dtype, shape: [columns, rows], bytes: new Uint8Array(to.buffer) };
}

/** Elements of 4 bytes; those of a file may lie at any place, and are copied then. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
}

/** The axes in another order. */
export function permutedArray(array: StoredArray, order: readonly number[]): StoredArray {
  const isTransposed = order.length === 2 && order[0] === 1;
  return isTransposed ? transposedMatrix(array) : permutedBytes(array, order);
}

function permutedBytes(array: StoredArray, order: readonly number[]): StoredArray {
  const size = elementSize(array.dtype);
  const shape = order.map((axis) => array.shape[axis]);
  const strides = array.shape.map((_, axis) => sizeOf(array.shape.slice(axis + 1)));
  const steps = order.map((axis) => strides[axis]);
  const bytes = new Uint8Array(array.bytes.length);
  const at = shape.map(() => 0);
  let source = 0;
  for (let target = 0; target < bytes.length; target += size) {
    for (let byte = 0; byte < size; byte++)
      bytes[target + byte] = array.bytes[source * size + byte];
    for (let axis = at.length - 1; axis >= 0; axis--) {
      source += steps[axis];
      if (++at[axis] < shape[axis]) break;
      source -= steps[axis] * shape[axis];
      at[axis] = 0;
    }
  }
  return { dtype: array.dtype, shape, bytes };
}

/** A vector of one number repeated, or the vector itself. */
export function spreadArray(array: StoredArray, length: number): StoredArray {
  if (sizeOf(array.shape) === length) return reshapedArray(array, [length]);
  const [value] = toTensor(array).data;
  return floats([length], new Float64Array(length).fill(value));
}

export function floats(shape: readonly number[], values: ArrayLike<number>): StoredArray {
  const data = Float32Array.from(values);
  return { dtype: "F32", shape, bytes: new Uint8Array(data.buffer) };
}
