/** `core · scale + shift` with learned tensors, in whatever order the factors and terms stand. */
import type { Node, ValueId } from "../../../../graph/graph.ts";
import type { NamedArray, View } from "../draft.ts";

export interface ScaledCore<T> {
  readonly core: T;
  readonly scale: NamedArray;
  readonly shift: NamedArray;
}

/** @param coreOf what the inner value is, or undefined */
export function scaledCore<T>(
  node: Node,
  view: View,
  coreOf: (id: ValueId, view: View) => T | undefined,
): ScaledCore<T> | undefined {
  if (node.kind !== "add") return undefined;
  for (const id of node.inputs) {
    const product = view.made(id, "mul");
    const shift = view.parameter(view.other(node, id));
    if (product === undefined || shift === undefined) continue;
    for (const inner of product.inputs) {
      const core = coreOf(inner, view);
      const scale = view.parameter(view.other(product, inner));
      if (core !== undefined && scale !== undefined) return { core, scale, shift };
    }
  }
  return undefined;
}
