/** Transpositions one after the other, and those that only a normalisation stands between. */
import type { AttributeValue } from "../../../../graph/attributes.ts";
import { isList } from "../../../../graph/print.ts";
import { type Recognised, recognise } from "../draft.ts";
import type { Pattern } from "./pattern.ts";

function orderOf(value: AttributeValue | undefined): readonly number[] {
  return value !== undefined && isList(value) ? value.map(Number) : [];
}

export const composedPermutes: Pattern = {
  name: "permutes",
  summary: "two transpositions as one, and none where they undo each other",
  apply: (draft) =>
    recognise(draft, (node, view): Recognised | undefined => {
      if (node.kind !== "permute") return undefined;
      const before = view.made(node.inputs[0], "permute");
      if (before === undefined) return undefined;
      const first = orderOf(before.attributes.order);
      const order = orderOf(node.attributes.order).map((axis) => first[axis]);
      const [x] = before.inputs;
      return order.every((axis, at) => axis === at)
        ? { kind: "identity", inputs: [x] }
        : { kind: "permute", attributes: { order }, inputs: [x] };
    }),
};

/** ConvNeXt's: channels are made last, normalised, and put back. */
export const channelNorm: Pattern = {
  name: "channel norm",
  summary: "layer_norm of the last axis between two transpositions as layer_norm(axes: channel)",
  apply: (draft) =>
    recognise(draft, (node, view): Recognised | undefined => {
      if (node.kind !== "permute" || orderOf(node.attributes.order).join() !== "0,3,1,2") {
        return undefined;
      }
      const norm = view.made(node.inputs[0], "layer_norm");
      const before = view.made(norm?.inputs[0], "permute");
      if (norm === undefined || before === undefined) return undefined;
      if (orderOf(before.attributes.order).join() !== "0,2,3,1") return undefined;
      const axes = orderOf(norm.attributes.axes).join();
      if (axes !== "3" && axes !== "-1") return undefined;
      const [weight, bias] = ["weight", "bias"].map((role) => view.weight(norm, role));
      return {
        kind: "layer_norm",
        attributes: { ...norm.attributes, axes: [1] },
        inputs: before.inputs,
        ...(weight && bias && { weights: { weight, bias } }),
      };
    }),
};
