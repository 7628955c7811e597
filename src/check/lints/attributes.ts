/** Typed looks at a node's attributes, which the graph keeps as plain data. */
import type { AttributeValue, Pair } from "../../graph/attributes.ts";
import { type Dim, isKnown } from "../../graph/dim.ts";
import type { Node } from "../../graph/graph.ts";
import { isList } from "../../graph/print.ts";

/** `[height, width]`; undefined where the layer has no such attribute or it was left out. */
export function pairOf(node: Node, name: string): Pair | undefined {
  const value: AttributeValue | undefined = node.attributes[name];
  if (value === undefined || value === null || typeof value !== "object" || !isList(value)) {
    return undefined;
  }
  const [height, width] = value;
  return typeof height === "number" && typeof width === "number" ? [height, width] : undefined;
}

/** A known number. */
export function numberOf(node: Node, name: string): number | undefined {
  const value: AttributeValue | undefined = node.attributes[name];
  return typeof value === "number" ? value : undefined;
}

/** Undefined for named sizes. */
export function knownOf(dim: Dim | undefined): number | undefined {
  return dim !== undefined && isKnown(dim) ? dim : undefined;
}
