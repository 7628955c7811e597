/** Transpositions one after the other, and those between which the axes may stand in any order. */
import { orderOf } from "../axis-order/order.ts";
import { turnRegions } from "../axis-order/turn-regions.ts";
import { type Recognised, recognise } from "../draft.ts";
import type { Pattern } from "./pattern.ts";

export const composedPermutes: Pattern = {
  name: "permutes",
  summary: "two transpositions as one, and none where they undo each other",
  apply: (draft) =>
    recognise(draft, (node, view): Recognised | undefined => {
      if (node.kind !== "permute") return undefined;
      const before = view.made(node.inputs[0], "permute");
      if (before === undefined) return undefined;
      const first = orderOf(before);
      const order = orderOf(node).map((axis) => first[axis]);
      const [x] = before.inputs;
      return order.every((axis, at) => axis === at)
        ? { kind: "identity", inputs: [x] }
        : { kind: "permute", attributes: { order }, inputs: [x] };
    }),
};

export const channelsFirst: Pattern = {
  name: "channels first",
  summary:
    "layers between transpositions on the other order of axes, where that takes fewer of them",
  apply: turnRegions,
};
