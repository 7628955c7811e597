/** A slope for each channel below zero, written as the sum of both halves. */
import type { Node, ValueId } from "../../../../graph/graph.ts";
import { reshapedArray } from "../arrays.ts";
import { isByChannel } from "../by-channel.ts";
import { type NamedArray, type Recognised, type View, recognise } from "../draft.ts";
import type { Pattern } from "./pattern.ts";

interface LowerHalf {
  readonly x: ValueId;
  readonly slope: NamedArray;
}

/** `min(x, 0) · slope`. */
function lowerHalf(product: Node | undefined, view: View): LowerHalf | undefined {
  for (const id of product?.inputs ?? []) {
    const below = view.made(id, "minimum_scalar");
    const slope = product && view.parameter(view.other(product, id));
    if (below?.attributes.scalar === 0 && slope) return { x: below.inputs[0], slope };
  }
  return undefined;
}

export const prelu: Pattern = {
  name: "prelu",
  summary: "relu(x) + min(x, 0) · slope, with a slope for each channel",
  apply: (draft) =>
    recognise(draft, (node, view): Recognised | undefined => {
      if (node.kind !== "add") return undefined;
      for (const id of node.inputs) {
        const relu = view.made(id, "relu");
        const half = lowerHalf(view.made(view.other(node, id), "mul"), view);
        if (relu === undefined || half === undefined || relu.inputs[0] !== half.x) continue;
        const { array, name } = half.slope;
        const count = array.shape.reduce((a, b) => a * b, 1);
        if (!isByChannel(array.shape, view.shape(half.x))) continue;
        return {
          kind: "prelu",
          attributes: { num_parameters: count },
          inputs: [half.x],
          weights: { weight: { name, array: reshapedArray(array, [count]) } },
        };
      }
      return undefined;
    }),
};
