/** Tensors joined along an axis and cut again: what `concat` and `split` do to each other. */
import { type Tensor, zeros } from "../../graph/tensor.ts";

/** Puts tensors one behind the other along an axis; all their other sizes are equal. */
export function join(parts: readonly Tensor[], axis: number): Tensor {
  const [first] = parts;
  const length = parts.reduce((sum, { shape }) => sum + shape[axis], 0);
  const whole = zeros(first.shape.with(axis, length));
  for (const { part, offset, run, at } of runs(parts, whole, axis)) {
    whole.data.set(part.data.subarray(at, at + run), offset);
  }
  return whole;
}

/** Cuts a tensor along an axis into parts of these sizes. */
export function cut(whole: Tensor, axis: number, sizes: readonly number[]): readonly Tensor[] {
  const parts = sizes.map((size) => zeros(whole.shape.with(axis, size)));
  for (const { part, offset, run, at } of runs(parts, whole, axis)) {
    part.data.set(whole.data.subarray(offset, offset + run), at);
  }
  return parts;
}

interface Run {
  readonly part: Tensor;
  /** First element in the part's data. */
  readonly at: number;
  /** First element in the whole's data. */
  readonly offset: number;
  /** Number of elements. */
  readonly run: number;
}

/** The pieces that stand in one row in a part as well as in the whole. */
function* runs(parts: readonly Tensor[], whole: Tensor, axis: number): Generator<Run> {
  const inner = whole.shape.slice(axis + 1).reduce((n, size) => n * size, 1);
  const outer = whole.shape.slice(0, axis).reduce((n, size) => n * size, 1);
  let offset = 0;
  for (let row = 0; row < outer; row++) {
    for (const part of parts) {
      const run = part.shape[axis] * inner;
      yield { part, at: row * run, offset, run };
      offset += run;
    }
  }
}
