/** Shapes given one after the other, of which the last is the first again. */
import type { ValueId } from "../../../../graph/graph.ts";
import { type Recognised, type View, recognise } from "../draft.ts";
import type { Pattern } from "./pattern.ts";

export const VIEWS = ["reshape", "squeeze", "unsqueeze", "flatten"];

/** No exporter writes more, one behind the other. */
const MOST_VIEWS = 8;

/** Back over layers that only give the elements another shape. */
export function unshaped(id: ValueId, view: View): ValueId {
  let at = id;
  for (let steps = 0; steps < MOST_VIEWS; steps++) {
    const node = view.made(at, ...VIEWS);
    if (node === undefined) break;
    [at] = node.inputs;
  }
  return at;
}

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
