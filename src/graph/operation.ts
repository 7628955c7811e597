/**
 * What kernels see of a layer: one of a few families, with numbers in place of names. A
 * layer's `lowering` gives it; the plan chooses algorithms and layouts for it.
 */
import type { Pair, Sides } from "./attributes.ts";

export type Operation =
  | ConvolutionOperation
  | TransposedConvolutionOperation
  /** A matrix for the last axis. */
  | { readonly family: "linear" }
  | WindowPoolOperation
  | { readonly family: "adaptive_pool"; readonly reduce: "max" | "average" }
  /** One function for every element. */
  | { readonly family: "elementwise"; readonly activation: ElementFunction }
  /** Two tensors element by element, with broadcasting. */
  | { readonly family: "combine"; readonly operator: "add" | "sub" | "mul" | "div" }
  /** In inference: a scale and a shift for each channel, made from the running statistics. */
  | { readonly family: "batch_norm"; readonly eps: number }
  /** `x · scale + shift` with one number each, or one for each channel. */
  | {
      readonly family: "channel_affine";
      readonly scale: readonly number[];
      readonly shift: readonly number[];
    }
  /** The same elements in the same row-major order, under another shape. */
  | { readonly family: "view" }
  | { readonly family: "concat"; readonly axis: number };

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

/** A function by the name of its layer, with the layer's numbers. */
export interface ElementFunction {
  readonly kind: string;
  readonly parameters?: Readonly<Record<string, number>>;
}
