/** Concrete numbers: what the reference interpreter computes with. */

/** Row-major data; the reference works in float64 so that its own rounding never matters. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** What a weights file holds: float32 stays as and where it is, so that nothing is held twice. */
export interface WeightTensor {
  readonly shape: readonly number[];
  readonly data: Float64Array | Float32Array;
}

/** By their names in the file, which are PyTorch's: `conv1.weight`. */
export type WeightTensors = ReadonlyMap<string, WeightTensor>;

/** A weight that may be computed where it is read. */
export interface WeightSource extends WeightTensor {
  /** Writes as many elements as fit, in float32; for those who need a part at a time. */
  read(from: number, into: Float32Array): void;
}

/** Reads or computes the weight of this name. */
export type WeightOf = (name: string) => WeightSource;

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dim) => size * dim, 1);
}

/** A tensor of zeros. */
export function zeros(shape: readonly number[]): Tensor {
  return { shape, data: new Float64Array(sizeOf(shape)) };
}

/** The same numbers in float64, for the reference. */
export function widened(weights: WeightTensors): ReadonlyMap<string, Tensor> {
  return new Map([...weights].map(([name, { shape, data }]) => [name, tensor(shape, data)]));
}

/** A tensor that holds `values` in row-major order. */
export function tensor(shape: readonly number[], values: ArrayLike<number>): Tensor {
  if (values.length !== sizeOf(shape)) {
    throw new RangeError(`${values.length} values do not fill a tensor [${shape.join(", ")}]`);
  }
  return { shape, data: Float64Array.from(values) };
}
