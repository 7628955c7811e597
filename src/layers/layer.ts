/**
 * What a layer is: every facet that some stage of the compiler asks for, side by side.
 * One file makes one layer with `defineLayer`; `all.ts` lists all of them.
 * All facets are required, so that an absent one is written out and seen.
 */
import type { Problem } from "../diagnostics/diagnostic.ts";
import type { Attributes } from "../graph/attributes.ts";
import type { Condition } from "../graph/condition.ts";
import type { Family, OperationOf } from "../graph/operation.ts";
import type { Dim } from "../graph/dim.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { TensorType } from "../graph/tensor-type.ts";
import type { OnnxCall, OnnxExpression } from "./onnx.ts";
import type { Parameter, Parameters, ParameterValues } from "./parameters.ts";

export interface Layer<P extends Parameters = Parameters, F extends Family = Family> {
  /** As written in programs: snake_case, PyTorch's or ONNX's term. */
  readonly kind: string;
  readonly category: Category;
  /** One sentence for hover texts and the reference. */
  readonly summary: string;
  /** Where the definition comes from: a paper, PyTorch's or ONNX's documentation. */
  readonly source: string;
  /**
   * Names of the tensor arguments; `"..."` behind a name takes one or more: `["x..."]`. A layer
   * without any is a value as soon as it is called.
   */
  readonly inputs: readonly string[];
  /** In the order in which they may be given without names. */
  readonly parameters: P;
  /** Tensors of the weights file by role, shapes in PyTorch's layout. */
  weights(attributes: ParameterValues<P>, inputs: readonly TensorType[]): WeightShapes;
  /** Output types, and what must hold for them; a `Problem` where there is no sensible type. */
  shape(attributes: ParameterValues<P>, inputs: readonly TensorType[]): ShapeResult | Problem;
  /** Which part of its input one output element sees, by axis. */
  receptiveField(attributes: ParameterValues<P>, inputs: readonly TensorType[]): FieldStep;
  cost(
    attributes: ParameterValues<P>,
    inputs: readonly TensorType[],
    outputs: readonly TensorType[],
  ): Cost;
  /** The definition of the layer: plain loops in float64. Shapes were checked before. */
  reference(call: ReferenceCall<ParameterValues<P>>): ReferenceResult;
  /** Gradients of inputs and weights, or `"none"` where there is no useful one. */
  readonly gradient: Differentiable<ParameterValues<P>> | "none";
  /** Largest error, relative to the largest output, that a float32 target may show. */
  readonly tolerance: number;
  /** Its operators in ONNX, or why there are none. */
  onnx(call: OnnxCall<ParameterValues<P>>): OnnxExpression;
  /** What kernels see of the layer, for known sizes. */
  readonly lowering: Lowering<ParameterValues<P>, F>;
}

export type Category =
  | "source"
  | "function"
  | "convolution"
  | "linear"
  | "pooling"
  | "normalization"
  | "activation"
  | "arithmetic"
  | "shape"
  | "resampling"
  | "regularization";

export type WeightShapes = Readonly<Record<string, WeightShape>>;

export interface WeightShape {
  readonly shape: readonly Dim[];
  readonly role: "parameter" | "buffer";
  /** How a fresh one starts, PyTorch's defaults. `fanIn` scales U(-1/√fanIn, 1/√fanIn). */
  readonly init: "zeros" | "ones" | { readonly uniformFanIn: Dim } | { readonly constant: number };
  /** In the weights file it is called as the node, without its role behind a dot. */
  readonly namedAsNode?: true;
}

export interface ShapeResult {
  readonly outputs: readonly TensorType[];
  /** In the order in which they are to be reported; the first that fails is the message. */
  readonly requires: readonly Requirement[];
}

/** A condition on sizes and what to say when it does not hold. */
export interface Requirement {
  readonly condition: Condition;
  readonly problem: Problem;
}

/** Words are made when they are needed: nearly all conditions hold, and their formulas are long. */
export function requirement(condition: Condition, words: () => Problem): Requirement {
  return {
    condition,
    get problem() {
      return words();
    },
  };
}

/**
 * The window that an output element sees, as [height, width] pairs: output `o` reads the
 * inputs `start + o·stride … start + o·stride + size - 1`. An upsampling layer has a stride
 * below 1; where `start + o·stride` is a fraction it is rounded down, and `size` is the largest
 * of all phases. `"point"` is size 1, stride 1, start 0;
 * `"global"` sees the whole map. Araujo et al., "Computing Receptive Fields of
 * Convolutional Neural Networks", Distill 2019.
 */
export type FieldStep =
  | "point"
  | "global"
  | {
      readonly size: readonly [number, number];
      readonly stride: readonly [number, number];
      readonly start: readonly [number, number];
    };

export interface Cost {
  /** Multiply-adds for the whole batch; bias adds, comparisons and exponentials do not count. */
  readonly macs: Dim;
}

export interface ReferenceCall<A> {
  readonly attributes: A;
  readonly inputs: readonly Tensor[];
  readonly weights: Readonly<Record<string, Tensor>>;
  /** `training` uses batch statistics and, where `random` is given, drops activations. */
  readonly mode: "inference" | "training";
  /** A source of U[0, 1) for dropout; a backward pass is given the forward pass's numbers again. */
  readonly random?: () => number;
}

export interface ReferenceResult {
  readonly outputs: readonly Tensor[];
  /** New values of buffers after a training step, by role. */
  readonly buffers?: Readonly<Record<string, Tensor>>;
}

export interface Lowering<A, F extends Family = Family> {
  /** What it may be, whatever the shapes. */
  readonly families: readonly F[];
  /** @param inputs the inputs' shapes */
  operation(attributes: A, inputs: readonly (readonly number[])[]): OperationOf<F>;
}

export interface Differentiable<A> {
  backward(call: GradientCall<A>): Gradients;
}

export interface GradientCall<A> extends ReferenceCall<A> {
  readonly outputs: readonly Tensor[];
  /** d loss / d output, one for each output. */
  readonly outputGradients: readonly Tensor[];
}

export interface Gradients {
  /** d loss / d input, one for each input. */
  readonly inputs: readonly Tensor[];
  /** d loss / d weight by role, for weights of role `parameter`. */
  readonly weights: Readonly<Record<string, Tensor>>;
}

/**
 * Checks a layer's facets against its own parameters and forgets their types, so that
 * the table can hold all layers. The checker hands only accepted values to them.
 */
export function defineLayer<const P extends Parameters, F extends Family>(
  layer: Layer<P, F>,
): Layer {
  return layer;
}

/** A layer without weights. */
export const noWeights = (): WeightShapes => ({});

export type { Attributes, Parameter, Parameters, ParameterValues };
