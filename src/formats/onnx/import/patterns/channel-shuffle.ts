/** Channels dealt out between groups, written as reshape, transpose and reshape. */
import { isKnown, mul, sameDim } from "../../../../graph/dim.ts";
import { type Recognised, recognise } from "../draft.ts";
import type { Pattern } from "./pattern.ts";

export const channelShuffle: Pattern = {
  name: "channel_shuffle",
  summary: "[N, C, H, W] as [N, groups, C / groups, H, W], two axes exchanged, and back",
  apply: (draft) =>
    recognise(draft, (node, view): Recognised | undefined => {
      if (node.kind !== "reshape" && node.kind !== "flatten") return undefined;
      const permute = view.made(node.inputs[0], "permute");
      if (String(permute?.attributes.order) !== "0,2,1,3,4") return undefined;
      const parted = view.made(permute?.inputs[0], "reshape");
      if (parted === undefined) return undefined;
      const [x] = parted.inputs;
      const [from, by] = [view.shape(x), view.shape(parted.outputs[0])];
      if (from.length !== 4 || !isKnown(by[1])) return undefined;
      const apart = [by[0], mul(by[1], by[2]), by[3], by[4]];
      if (!apart.every((size, axis) => sameDim(size, from[axis]))) return undefined;
      return { kind: "channel_shuffle", attributes: { groups: by[1] }, inputs: [x] };
    }),
};
