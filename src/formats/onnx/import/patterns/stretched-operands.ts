/** Operands that are stretched to the shape of the other one, which the layer does itself. */
import { type Recognised, recognise } from "../draft.ts";
import type { Pattern } from "./pattern.ts";

const JOINING = ["add", "sub", "mul", "div", "pow", "maximum", "minimum"];

export const stretchedOperands: Pattern = {
  name: "stretched",
  summary: "expand in front of arithmetic with a tensor that has the shape already",
  apply: (draft) =>
    recognise(draft, (node, view): Recognised | undefined => {
      if (!JOINING.includes(node.kind)) return undefined;
      const stretched = node.inputs.find((id) => view.made(id, "expand") !== undefined);
      const expand = view.made(stretched, "expand");
      if (expand === undefined) return undefined;
      // Where the other operand does not give the shape, the result has another, and nothing is done.
      const inputs = node.inputs.map((id) => (id === stretched ? expand.inputs[0] : id));
      return { kind: node.kind, attributes: node.attributes, inputs };
    }),
};
