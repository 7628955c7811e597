/** The normalisation of an image, written as a difference and a quotient. */
import { type Recognised, recognise } from "../draft.ts";
import type { Pattern } from "./pattern.ts";

export const normalize: Pattern = {
  name: "normalize",
  summary: "(x - mean) / std of a map",
  apply: (draft) =>
    recognise(draft, (node, view): Recognised | undefined => {
      const { scalar: std } = node.attributes;
      const difference = view.made(node.inputs[0], "sub_scalar");
      const { scalar: mean } = difference?.attributes ?? {};
      if (node.kind !== "div_scalar" || typeof std !== "number" || typeof mean !== "number") {
        return undefined;
      }
      const [x] = difference?.inputs ?? [];
      const isMap = x !== undefined && view.shape(x).length === 4;
      if (!isMap || std <= 0 || view.uses(node.inputs[0]) > 1) return undefined;
      return { kind: "normalize", attributes: { mean: [mean], std: [std] }, inputs: [x] };
    }),
};
