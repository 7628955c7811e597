/** Shapes given one after the other, of which the last is the first again. */
import { type Recognised, recognise } from "../draft.ts";
import type { Pattern } from "./pattern.ts";

const VIEWS = ["reshape", "squeeze", "unsqueeze", "flatten"];

export const undoneViews: Pattern = {
  name: "views",
  summary: "a shape that is taken back by the next",
  apply: (draft) =>
    recognise(draft, (node, view): Recognised | undefined => {
      if (!VIEWS.includes(node.kind)) return undefined;
      const before = view.made(node.inputs[0], ...VIEWS);
      if (before === undefined) return undefined;
      return { kind: "identity", inputs: before.inputs };
    }),
};
