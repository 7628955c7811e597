/**
 * The graph of one model: what the checker makes of a program, the passes rewrite and
 * every emitter reads. It is immutable plain data; a pass builds a new one.
 */
import type { Span } from "../diagnostics/span.ts";
import type { Dim } from "./dim.ts";
import type { TensorType } from "./tensor-type.ts";
import type { Attributes } from "./attributes.ts";

/** Values are numbered densely from 0, inputs first, then outputs of nodes in order. */
export type ValueId = number;

/** A tensor that flows from one layer to others. */
export interface Value {
  readonly id: ValueId;
  /** The input's name, or the name of the node that makes it (`:1` and so on for further outputs). */
  readonly name: string;
  readonly type: TensorType;
}

/** One layer at its place in the network. */
export interface Node {
  /** Unique in the graph: the labels around it joined by dots, `layer1.0.conv1`. */
  readonly name: string;
  /** Key of the layer table: `conv`, `batch_norm`. */
  readonly kind: string;
  readonly attributes: Attributes;
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
  /**
   * What is done to the first output before it is stored, in order; only optimised graphs have
   * any. Tensors that the steps read stand at the end of `inputs`.
   */
  readonly epilogue?: readonly EpilogueStep[];
  /** Names of weights by their role: `{ weight: "conv1.weight", bias: "conv1.bias" }`. */
  readonly weights: Readonly<Record<string, string>>;
  /** The call in the source that made it. */
  readonly span: Span;
}

/** A layer without weights that runs on the elements of a kernel's result. */
export interface EpilogueStep {
  /** Key of the layer table: `relu`, `add`. */
  readonly kind: string;
  readonly attributes: Attributes;
  /** The layer's inputs: the flowing result, or another value of the graph. */
  readonly inputs: readonly (ValueId | "result")[];
}

/** A tensor that is read from the weights file, or computed once from such tensors. */
export interface Weight {
  readonly name: string;
  readonly shape: readonly Dim[];
  readonly dtype: "f32";
  /** `parameter` is trained and counted; `buffer` is state such as a running mean. */
  readonly role: "parameter" | "buffer";
  /** How an optimised graph makes it; absent for a weight of the file. */
  readonly recipe?: Recipe;
}

/** A computation on weights, done in float64 when they are bound. */
export type Recipe =
  /** `γ / √(variance + eps)` for each channel; γ is 1 unless given. */
  | {
      readonly kind: "norm_scale";
      readonly gamma: Weight | undefined;
      readonly variance: Weight;
      readonly eps: number;
    }
  /** `β - mean · scale` for each channel; β is 0 unless given. */
  | {
      readonly kind: "norm_shift";
      readonly beta: Weight | undefined;
      readonly mean: Weight;
      readonly scale: Weight;
    }
  /** `of · by[channel]`, where the channel is told by `channelOf`. */
  | {
      readonly kind: "scale_channels";
      readonly of: Weight;
      readonly by: Weight;
      readonly channel: ChannelOf;
    }
  /** `of · scale + shift` for each channel; `of` is 0 unless given. */
  | {
      readonly kind: "affine";
      readonly of: Weight | undefined;
      readonly scale: Weight;
      readonly shift: Weight;
    }
  /** `bias[o] + Σ weight[o, …] · shift[channel]`: a constant that flows in, seen behind a layer. */
  | {
      readonly kind: "add_through";
      readonly bias: Weight | undefined;
      readonly weight: Weight;
      readonly shift: Weight;
      readonly channel: ChannelOf;
    }
  /** Numbers of the program itself, one or one for each channel. */
  | { readonly kind: "numbers"; readonly values: readonly number[] }
  /** The numbers of another weight, again and again. */
  | { readonly kind: "repeat"; readonly of: Weight }
  /** The only output of a layer that reads nothing but weights. */
  | {
      readonly kind: "layer";
      /** Key of the layer table. */
      readonly layer: string;
      readonly attributes: Attributes;
      readonly inputs: readonly Weight[];
      /** By role. */
      readonly weights: Readonly<Record<string, Weight>>;
    };

/**
 * Which channel an element `[i, j, …]` of a weight belongs to: `first` counts along axis 0,
 * `second` along axis 1 of a weight that is cut into `groups` along axis 0. Of the places along
 * the axis, `each` neighbours (1 unless given) are one channel's.
 */
export type ChannelOf =
  | { readonly axis: "first"; readonly each?: number }
  | { readonly axis: "second"; readonly groups: number; readonly each?: number };

/** A network as layers and the tensors between them. Graphs never change; passes make new ones. */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly { readonly name: string; readonly value: ValueId }[];
  readonly values: readonly Value[];
  /** In an order in which every node stands behind the makers of its inputs. */
  readonly nodes: readonly Node[];
  /** By name; shared weights stand once. */
  readonly weights: ReadonlyMap<string, Weight>;
  /** What is said about the model beside its structure: `@weights`, `@labels`, doc text. */
  readonly metadata: Metadata;
}

/** What a model says of itself beside its structure. */
export interface Metadata {
  readonly doc?: string;
  readonly weights?: string;
  readonly labels?: readonly string[];
}
