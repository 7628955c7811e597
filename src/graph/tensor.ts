/** Concrete numbers: what the reference interpreter computes with. */

/** Row-major data; the reference works in float64 so that its own rounding never matters. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dim) => size * dim, 1);
}

/** A tensor of zeros. */
export function zeros(shape: readonly number[]): Tensor {
  return { shape, data: new Float64Array(sizeOf(shape)) };
}

/** A tensor that holds `values` in row-major order. */
export function tensor(shape: readonly number[], values: ArrayLike<number>): Tensor {
  if (values.length !== sizeOf(shape)) {
    throw new RangeError(`${values.length} values do not fill a tensor [${shape.join(", ")}]`);
  }
  return { shape, data: Float64Array.from(values) };
}
