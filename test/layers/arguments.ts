/** Gives layers their arguments in tests as plain values, through the parameters' own checks. */
import type { AttributeValue, Attributes } from "../../src/graph/attributes.ts";
import type { Dim } from "../../src/graph/dim.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { layers } from "../../src/layers/index.ts";
import type { Argument } from "../../src/layers/parameters.ts";

export type Plain = Dim | boolean | string | readonly Plain[];
export type PlainArguments = Readonly<Record<string, Plain>>;

export function layerOf(kind: string): Layer {
  const layer = layers.get(kind);
  if (layer === undefined) throw new Error(`no layer ${kind}`);
  return layer;
}

/** The attributes, or the name of the parameter that refuses its argument. */
export function accepted(
  layer: Layer,
  given: PlainArguments,
): { readonly attributes: Attributes } | { readonly refused: string } {
  const attributes: Record<string, AttributeValue> = {};
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(layer.parameters, name)) return { refused: name };
  }
  for (const [name, parameter] of Object.entries(layer.parameters)) {
    const value = Object.hasOwn(given, name)
      ? parameter.accept(argumentOf(given[name]))
      : parameter.default;
    if (value === undefined) return { refused: name };
    attributes[name] = value;
  }
  return { attributes };
}

export function attributesOf(kind: string, given: PlainArguments): Attributes {
  const result = accepted(layerOf(kind), given);
  if ("refused" in result) throw new Error(`${kind} refuses ${result.refused}`);
  return result.attributes;
}

function argumentOf(value: Plain): Argument {
  if (typeof value === "boolean") return { kind: "bool", value };
  if (typeof value === "string") return { kind: "word", value };
  if (typeof value !== "number" && "terms" in value) return { kind: "int", value };
  if (typeof value !== "number") return { kind: "tuple", items: value.map(argumentOf) };
  return Number.isInteger(value) ? { kind: "int", value } : { kind: "float", value };
}
