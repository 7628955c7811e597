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

export interface Value {
  readonly id: ValueId;
  /** The input's name, or the name of the node that makes it (`:1` and so on for further outputs). */
  readonly name: string;
  readonly type: TensorType;
}

export interface Node {
  /** Unique in the graph: the labels around it joined by dots, `layer1.0.conv1`. */
  readonly name: string;
  /** Key of the layer table: `conv`, `batch_norm`. */
  readonly kind: string;
  readonly attributes: Attributes;
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
  /** Names of weights by their role: `{ weight: "conv1.weight", bias: "conv1.bias" }`. */
  readonly weights: Readonly<Record<string, string>>;
  /** The call in the source that made it. */
  readonly span: Span;
}

/** A tensor that is read from the weights file. */
export interface Weight {
  readonly name: string;
  readonly shape: readonly Dim[];
  readonly dtype: "f32";
  /** `parameter` is trained and counted; `buffer` is state such as a running mean. */
  readonly role: "parameter" | "buffer";
}

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

export interface Metadata {
  readonly doc?: string;
  readonly weights?: string;
  readonly labels?: readonly string[];
}
