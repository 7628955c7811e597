/** What an expression evaluates to while a program is checked. */
import type { Span } from "../../diagnostics/span.ts";
import { type Dim, formatDim, isKnown } from "../../graph/dim.ts";
import type { ValueId } from "../../graph/graph.ts";
import { type TensorType, formatType } from "../../graph/tensor-type.ts";
import type { Names } from "./names.ts";

export type Value =
  | TensorValue
  | LayerValue
  | { readonly kind: "int"; readonly value: Dim }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "string"; readonly value: string }
  /** A bare word that names no binding where a parameter takes words: `same`. */
  | { readonly kind: "word"; readonly value: string }
  /** `(a, b)` and `[a, b]`; also the results of a layer with several. */
  | { readonly kind: "tuple"; readonly items: readonly Value[] }
  | { readonly kind: "record"; readonly fields: ReadonlyMap<string, Value> }
  | Poison;

/** A value of the graph that is being built. */
export interface TensorValue {
  readonly kind: "tensor";
  readonly id: ValueId;
  readonly type: TensorType;
}

/** Stands for whatever could not be evaluated; its mistake was reported, so it stays silent. */
export interface Poison {
  readonly kind: "poison";
}

/** Something that waits for a tensor. Applying it builds nodes and, unless shared, weights. */
export interface LayerValue {
  readonly kind: "layer";
  /** For messages: `conv`, `Residual`, `a group`. */
  readonly title: string;
  apply(input: TensorValue, site: Site): Value;
}

/** Where a layer is applied: what names its parts get, and what messages point at. */
export interface Site {
  readonly names: Names;
  readonly label?: Label;
  readonly span: Span;
}

/** The label of a step, `conv1:`. */
export interface Label {
  readonly text: string;
  readonly span: Span;
}

export const poison: Poison = { kind: "poison" };

/** A float, or an int that is known. */
export function numberOf(value: Value): number | undefined {
  if (value.kind === "float") return value.value;
  return value.kind === "int" && isKnown(value.value) ? value.value : undefined;
}

/** The value as messages call it: `a tensor [N, 6, 28, 28]`, `the layer conv`. */
export function describe(value: Value): string {
  switch (value.kind) {
    case "tensor":
      return `a tensor ${formatType(value.type)}`;
    case "layer":
      return `a layer (${value.title})`;
    case "int":
      return `the int ${formatDim(value.value)}`;
    case "float":
      return `the number ${value.value}`;
    case "bool":
      return String(value.value);
    case "string":
      return `the string "${value.value}"`;
    case "word":
      return `\`${value.value}\``;
    case "tuple":
      return `a tuple of ${value.items.length}`;
    case "record":
      return `a record of ${[...value.fields.keys()].join(", ")}`;
    case "poison":
      return "something unknown";
    default:
      return value satisfies never;
  }
}
