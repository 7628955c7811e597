/**
 * What all normalisations share: mean and variance over groups of elements, then a scale
 * and a shift. They differ only in which elements share a statistic and which a weight.
 */
import { type Tensor, zeros } from "../../graph/tensor.ts";

/** A number for every element of a tensor; elements of equal number belong together. */
export interface Grouping {
  readonly count: number;
  readonly of: Int32Array;
}

/** Groups the elements that have the same coordinates on these axes. */
export function groupAlong(shape: readonly number[], axes: readonly number[]): Grouping {
  const count = axes.reduce((groups, axis) => groups * shape[axis], 1);
  const of = new Int32Array(zeros(shape).data.length);
  for (const axis of axes) {
    const stride = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
    for (let at = 0; at < of.length; at++) {
      of[at] = of[at] * shape[axis] + (Math.floor(at / stride) % shape[axis]);
    }
  }
  return { count, of };
}

/** One number for each group. */
export interface Statistics {
  readonly mean: Float64Array;
  /** Biased: divided by the number of elements. */
  readonly variance: Float64Array;
}

export function statisticsOf({ data }: Tensor, groups: Grouping): Statistics {
  const size = data.length / groups.count;
  const mean = sumByGroup(data, groups).map((sum) => sum / size);
  const squares = data.map((value, at) => (value - mean[groups.of[at]]) ** 2);
  return { mean, variance: sumByGroup(squares, groups).map((sum) => sum / size) };
}

/** `y = (x - mean) / sqrt(variance + eps) · scale + shift`. */
export interface Normalization {
  readonly groups: Grouping;
  readonly eps: number;
  /** Constants from training instead of the statistics of `x` itself. */
  readonly constants?: Statistics;
  /** Absent without weights. */
  readonly affine?: Affine;
}

export interface Affine {
  readonly groups: Grouping;
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

export function normalize(x: Tensor, normalization: Normalization): Tensor {
  const { affine } = normalization;
  const { normalized } = standardize(x, normalization);
  if (affine === undefined) return { shape: x.shape, data: normalized };
  const { groups, scale, shift } = affine;
  return {
    shape: x.shape,
    data: normalized.map((value, at) => value * scale[groups.of[at]] + shift[groups.of[at]]),
  };
}

export interface NormalizationGradients {
  readonly x: Tensor;
  /** By group of the affine part. */
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

/**
 * With `z` the normalised input and `dz` its gradient, `d x` is `dz` less its mean over the
 * group and less `z` times the mean of `z · dz`, over the deviation: the last two come through
 * the statistics and are absent where these are constants. Ioffe and Szegedy, 2015, section 3.
 */
export function normalizeBackward(
  x: Tensor,
  normalization: Normalization,
  dy: Tensor,
): NormalizationGradients {
  const { groups, affine, constants } = normalization;
  const { normalized, deviation } = standardize(x, normalization);
  const dz =
    affine === undefined
      ? dy.data
      : dy.data.map((value, at) => value * affine.scale[affine.groups.of[at]]);
  const dx = zeros(x.shape);
  const size = x.data.length / groups.count;
  const through = dz.map((value, at) => value * normalized[at]);
  const meanOfGradient = sumByGroup(dz, groups).map((sum) => sum / size);
  const meanOfProduct = sumByGroup(through, groups).map((sum) => sum / size);
  for (let at = 0; at < dx.data.length; at++) {
    const group = groups.of[at];
    const statistics = meanOfGradient[group] + normalized[at] * meanOfProduct[group];
    dx.data[at] = (dz[at] - (constants ? 0 : statistics)) / deviation[group];
  }
  if (affine === undefined) return { x: dx, scale: new Float64Array(), shift: new Float64Array() };
  const products = dy.data.map((value, at) => value * normalized[at]);
  return {
    x: dx,
    scale: sumByGroup(products, affine.groups),
    shift: sumByGroup(dy.data, affine.groups),
  };
}

function standardize(x: Tensor, { groups, eps, constants }: Normalization) {
  const { mean, variance } = constants ?? statisticsOf(x, groups);
  const deviation = variance.map((value) => Math.sqrt(value + eps));
  const normalized = x.data.map(
    (value, at) => (value - mean[groups.of[at]]) / deviation[groups.of[at]],
  );
  return { normalized, deviation };
}

function sumByGroup(data: Float64Array, groups: Grouping): Float64Array {
  const sums = new Float64Array(groups.count);
  data.forEach((value, at) => {
    sums[groups.of[at]] += value;
  });
  return sums;
}
