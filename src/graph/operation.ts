/**
 * What kernels see of a layer: one of a few families, with numbers in place of names. A
 * layer's `lowering` gives it; the plan chooses algorithms and layouts for it.
 */
import type { Pair, Sides } from "./attributes.ts";
import type { Element } from "./element.ts";

export type Operation =
  | ConvolutionOperation
  | TransposedConvolutionOperation
  /** A matrix for the last axis. */
  | { readonly family: "linear" }
  /** The product of two inputs, by their last two axes. */
  | { readonly family: "matmul" }
  | WindowPoolOperation
  | { readonly family: "adaptive_pool"; readonly reduce: "max" | "average" }
  | ReduceOperation
  /** One function of the elements of all inputs, which are broadcast. */
  | { readonly family: "elementwise"; readonly element: Element }
  /** Negative elements times `weight`, one number or one for each channel. */
  | { readonly family: "prelu" }
  /** In inference: a scale and a shift for each channel, made from the running statistics. */
  | { readonly family: "batch_norm"; readonly eps: number }
  /** `x · scale + shift` with one number each, or one for each channel. */
  | {
      readonly family: "channel_affine";
      readonly scale: readonly number[];
      readonly shift: readonly number[];
    }
  | NormalizationOperation
  | LrnOperation
  | { readonly family: "softmax"; readonly kind: "softmax" | "log_softmax"; readonly axis: number }
  /** The weight `value` itself. */
  | { readonly family: "parameter" }
  /** The same elements in the same row-major order, under another shape. */
  | { readonly family: "view" }
  /** Axis `i` of the output is axis `order[i]` of the input. */
  | { readonly family: "permute"; readonly order: readonly number[] }
  | {
      readonly family: "slice";
      readonly axis: number;
      readonly start: number;
      readonly step: number;
    }
  /** The outputs stand one behind the other along an axis of the input. */
  | { readonly family: "split"; readonly axis: number }
  | { readonly family: "concat"; readonly axis: number }
  | {
      readonly family: "pad";
      readonly padding: Sides;
      /** One constant, or one for each channel. */
      readonly mode: { readonly constant: readonly number[] } | "reflect" | "edge";
    }
  | CopiesOperation
  | ResampleOperation
  | { readonly family: "pixel_shuffle"; readonly factor: number }
  | { readonly family: "channel_shuffle"; readonly groups: number };

/** A family's name. */
export type Family = Operation["family"];

/** The operations of one family, or of several. */
export type OperationOf<F extends Family> = { [O in Operation as O["family"]]: O }[F];

/**
 * What the kernels of a family still do with a result before they store it: functions of single
 * elements, and before these the sum with a map of the same shape.
 */
export const EPILOGUES: Readonly<Record<Family, "none" | "functions" | "sum and functions">> = {
  convolution: "sum and functions",
  transposed_convolution: "sum and functions",
  linear: "sum and functions",
  matmul: "functions",
  window_pool: "functions",
  adaptive_pool: "functions",
  reduce: "functions",
  elementwise: "functions",
  prelu: "functions",
  batch_norm: "functions",
  channel_affine: "functions",
  normalization: "functions",
  lrn: "functions",
  softmax: "none",
  parameter: "none",
  view: "none",
  permute: "none",
  slice: "none",
  split: "none",
  concat: "none",
  pad: "none",
  copies: "none",
  resample: "functions",
  pixel_shuffle: "none",
  channel_shuffle: "none",
};

/** Elements normalised by the mean and variance of those that share them, then an affine part. */
export interface NormalizationOperation {
  readonly family: "normalization";
  /** The axes whose elements share their statistics. */
  readonly axes: readonly number[];
  /** Where `axes` has the channels: they are cut into so many parts with statistics of their own. */
  readonly groups?: number;
  readonly eps: number;
  readonly affine:
    | "none"
    /** `weight` and `bias` run along these axes. */
    | { readonly axes: readonly number[] }
    /** The second input `[N, 2·C]` has what is added to a scale of 1, then the shift. */
    | "style";
}

/** `x / (k + alpha / size · Σ x²)^beta` with the squares of neighbouring channels. */
export interface LrnOperation {
  readonly family: "lrn";
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly k: number;
}

/** Every output pixel is a weighted sum of some rows and columns of the input. */
export interface ResampleOperation {
  readonly family: "resample";
  /** By output, all with as many taps. */
  readonly rows: readonly AxisTaps[];
  readonly columns: readonly AxisTaps[];
  /** What pixels are whose weights sum to 0, since they lie outside of the map; 0 unless given. */
  readonly outside?: number;
}

/** Where an output reads along one axis, and in which shares. */
export interface AxisTaps {
  readonly places: readonly number[];
  readonly weights: readonly number[];
}

export interface ConvolutionOperation {
  readonly family: "convolution";
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly padding: Sides;
  readonly groups: number;
}

/** The adjoint of a convolution with the same numbers. */
export interface TransposedConvolutionOperation extends Omit<ConvolutionOperation, "family"> {
  readonly family: "transposed_convolution";
}

export interface WindowPoolOperation {
  readonly family: "window_pool";
  readonly reduce: "max" | "average";
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly padding: Sides;
  /** For averages: whether padding counts in the divisor. */
  readonly countPadding: boolean;
}

/** What is left of whole axes, which the output has with size 1 or not at all. */
export interface ReduceOperation {
  readonly family: "reduce";
  readonly reduce: "sum" | "max" | "min" | "product" | "logSumExp";
  readonly axes: readonly number[];
  /** Done to every element before, and to the result. */
  readonly each?: Element;
  readonly final?: Element;
}

/** Boxes of the input's elements, each of which is copied to a place of the output. */
export interface CopiesOperation {
  readonly family: "copies";
  readonly boxes: readonly CopyBox[];
  /** What stands where no box comes; without it the boxes cover the output. */
  readonly fill?: number;
}

export interface CopyBox {
  readonly axes: readonly CopyAxis[];
  /** Coordinates of the first element in the input and in the output. */
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** So many elements with steps along an axis of the input and one of the output. */
export interface CopyAxis {
  readonly extent: number;
  /** A step of 0 repeats an element, one of -1 goes back. */
  readonly from: { readonly axis: number; readonly step: number };
  readonly to: { readonly axis: number; readonly step: number };
}

/** An axis that stands in the output where it stands in the input. */
export function keptAxis(axis: number, extent: number, step = 1): CopyAxis {
  return { extent, from: { axis, step }, to: { axis, step: 1 } };
}
