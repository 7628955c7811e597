/** Numbers added behind a layer that can add them itself: MatMul and Add are one `linear`. */
import { isKnown } from "../../../../graph/dim.ts";
import { reshapedArray } from "../arrays.ts";
import { type Recognised, recognise } from "../draft.ts";
import type { Pattern } from "./pattern.ts";

const BIASED = ["linear", "conv", "depthwise", "conv_transpose"];

export const biases: Pattern = {
  name: "biases",
  summary: "a convolution or linear without bias, and numbers of its channels added behind it",
  apply: (draft) =>
    recognise(draft, (node, view): Recognised | undefined => {
      if (node.kind !== "add") return undefined;
      for (const id of node.inputs) {
        const layer = view.made(id, ...BIASED);
        const added = view.parameter(view.other(node, id));
        if (layer === undefined || added === undefined || view.uses(id) > 1) continue;
        const weight = view.weight(layer, "weight");
        if (layer.attributes.bias !== false || weight === undefined) continue;
        const axis = layer.kind === "linear" ? -1 : -3;
        const out = view.shape(id).at(layer.kind === "linear" ? -1 : 1);
        const { shape } = added.array;
        const count = shape.reduce((a, b) => a * b, 1);
        if (out === undefined || !isKnown(out) || shape.at(axis) !== out || count !== out) continue;
        const bias = { ...added, array: reshapedArray(added.array, [out]) };
        return {
          kind: layer.kind,
          attributes: { ...layer.attributes, bias: true },
          inputs: layer.inputs,
          weights: { weight, bias },
        };
      }
      return undefined;
    }),
};
