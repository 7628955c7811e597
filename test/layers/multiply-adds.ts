/**
 * Multiply-adds counted one by one, in loops written out here for what each layer computes by
 * definition. A layer that is not named multiplies without adding, or not at all: products of
 * an activation, sums of a pool and divisions do not count.
 */
import type { Attributes } from "../../src/graph/attributes.ts";
import { sizeOf } from "../../src/graph/tensor.ts";
import type { ReferenceCall } from "../../src/layers/layer.ts";

type Call = ReferenceCall<Attributes>;
type Count = (call: Call, outputs: readonly (readonly number[])[]) => number;

function times(...sizes: readonly number[]): number {
  let count = 0;
  for (let i = 0; i < sizeOf(sizes); i++) count++;
  return count;
}

/** Each output element is a sum over the taps and channels of its kernel, [out, in, kh, kw]. */
const convolution: Count = ({ weights }, [[batch, channels, height, width]]) => {
  const [, depth, rows, columns] = weights.weight.shape;
  let count = 0;
  for (let pixel = 0; pixel < batch * height * width; pixel++) {
    for (let out = 0; out < channels; out++) count += times(depth, rows, columns);
  }
  return count;
};

/** Each input element is spread over the taps and channels of its kernel, [in, out, kh, kw]. */
const transposed: Count = ({ inputs: [x], weights }) => {
  const [, depth, rows, columns] = weights.weight.shape;
  let count = 0;
  for (let element = 0; element < x.data.length; element++) count += times(depth, rows, columns);
  return count;
};

/** Each output element is a row of the matrix [out, in] times a vector. */
const matrix: Count = ({ weights }, [shape]) => {
  const [, depth] = weights.weight.shape;
  let count = 0;
  for (let element = 0; element < sizeOf(shape); element++) count += times(depth);
  return count;
};

/** Each output element is a row of the first tensor times a column of the second. */
const matrices: Count = ({ inputs: [a] }, [shape]) => {
  let count = 0;
  for (let element = 0; element < sizeOf(shape); element++) count += times(a.shape.at(-1) ?? 1);
  return count;
};

/** A known scale and shift: one for each element. */
const affine: Count = ({ inputs: [x] }) => times(x.data.length);

/** For each element one in the sum of squares, and one for scale and shift. */
const statistics: Count = ({ inputs: [x] }) => times(x.data.length) + times(x.data.length);

/** For each element the squares of `size` channels, and `k + alpha · mean`. */
const localResponse: Count = ({ attributes, inputs: [x] }) => {
  let count = 0;
  for (let element = 0; element < x.data.length; element++) {
    count += times(Number(attributes.size)) + 1;
  }
  return count;
};

/** Neighbours on both sides for each element; with antialiasing, farther ones too. */
const interpolation: Count = ({ attributes, inputs: [x] }, [shape]) => {
  if (attributes.mode === "nearest") return 0;
  const along = (axis: number): number => {
    const sides = attributes.mode === "bilinear" ? 2 : 4;
    const step = x.shape[axis] / shape[axis];
    return attributes.antialias === true && step > 1 ? Math.ceil(sides * step) : sides;
  };
  return times(along(2), along(3), sizeOf(shape));
};

const counts: Readonly<Record<string, Count>> = {
  adain: statistics,
  batch_norm: affine,
  conv: convolution,
  conv_transpose: transposed,
  depthwise: convolution,
  group_norm: statistics,
  instance_norm: statistics,
  layer_norm: statistics,
  linear: matrix,
  lrn: localResponse,
  matmul: matrices,
  normalize: affine,
  upsample: interpolation,
};

export function countMultiplyAdds(
  kind: string,
  call: Call,
  outputs: readonly (readonly number[])[],
): number {
  return counts[kind]?.(call, outputs) ?? 0;
}
