/** Checks a node's attributes against the parameters of its layer. */
import type { AttributeValue, Attributes } from "../graph/attributes.ts";
import { isKnown, keyOf } from "../graph/dim.ts";
import { isList } from "../graph/print.ts";
import type { Layer } from "../layers/layer.ts";
import type { Argument } from "../layers/parameters.ts";

/** What is wrong with the attributes, or undefined. */
export function attributeFault(layer: Layer, attributes: Attributes): string | undefined {
  for (const name of Object.keys(attributes)) {
    if (!Object.hasOwn(layer.parameters, name)) return `\`${layer.kind}\` has no \`${name}\``;
  }
  for (const [name, parameter] of Object.entries(layer.parameters)) {
    if (!Object.hasOwn(attributes, name)) return `\`${name}\` of \`${layer.kind}\` is missing`;
    const value = attributes[name];
    if (parameter.default !== undefined && sameAttribute(value, parameter.default)) continue;
    const argument = argumentOf(value);
    const accepted = argument && parameter.accept(argument);
    if (accepted === undefined || !sameAttribute(accepted, value)) {
      return `\`${name}\` of \`${layer.kind}\` is not ${parameter.expects}`;
    }
  }
  return undefined;
}

/** The argument that would give this attribute; undefined for null, which none gives. */
export function argumentOf(value: AttributeValue): Argument | undefined {
  if (value === null) return undefined;
  if (typeof value === "boolean") return { kind: "bool", value };
  if (typeof value === "string") return { kind: "word", value };
  if (isList(value)) {
    const items = value.map(argumentOf).filter((item) => item !== undefined);
    return items.length === value.length ? { kind: "tuple", items } : undefined;
  }
  const whole = !isKnown(value) || Number.isInteger(value);
  return whole ? { kind: "int", value } : { kind: "float", value };
}

/** Equal as values; sizes are equal when their normal forms are. */
export function sameAttribute(a: AttributeValue, b: AttributeValue): boolean {
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object") {
    return Object.is(a, b);
  }
  if (isList(a) || isList(b)) {
    return (
      isList(a) && isList(b) && a.length === b.length && a.every((v, i) => sameAttribute(v, b[i]))
    );
  }
  return keyOf(a) === keyOf(b);
}
