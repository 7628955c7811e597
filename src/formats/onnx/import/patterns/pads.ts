/** Padding as a layer of its own in front of a window that can have it. */
import type { AttributeValue, Sides } from "../../../../graph/attributes.ts";
import { isList } from "../../../../graph/print.ts";
import { type Recognised, recognise } from "../draft.ts";
import type { Pattern } from "./pattern.ts";

const LOWEST = -3e38;

function sidesOf(value: AttributeValue | undefined): Sides | undefined {
  if (value === undefined || !isList(value) || value.length !== 4) return undefined;
  const [top, left, bottom, right] = value.map(Number);
  return [top, left, bottom, right];
}

export const mergedPads: Pattern = {
  name: "pads",
  summary: "zeros in front of a convolution or a counting average, least numbers before a maximum",
  apply: (draft) =>
    recognise(draft, (node, view): Recognised | undefined => {
      const pad = view.made(node.inputs[0], "pad");
      if (pad === undefined || pad.attributes.mode !== "constant") return undefined;
      const { value, channels } = pad.attributes;
      if (channels !== undefined && String(channels) !== "0,0") return undefined;
      const isZero = value === 0;
      const fits =
        ((node.kind === "conv" || node.kind === "depthwise") && isZero) ||
        (node.kind === "avg_pool" && isZero && node.attributes.count_include_pad === true) ||
        (node.kind === "max_pool" && typeof value === "number" && value <= LOWEST);
      const [own, added] = [sidesOf(node.attributes.padding), sidesOf(pad.attributes.padding)];
      if (!fits || own === undefined || added === undefined) return undefined;
      // A pool does not count what its ceil mode reaches beyond its padding.
      if (node.attributes.ceil_mode === true || added.some((side) => side < 0)) return undefined;
      const isPool = node.kind.endsWith("_pool");
      if (isPool && own.some((side) => side !== 0)) return undefined;
      const padding = own.map((side, at) => side + added[at]);
      const weights = Object.keys(node.weights).flatMap((role) => {
        const named = view.weight(node, role);
        return named === undefined ? [] : [[role, named] as const];
      });
      return {
        kind: node.kind,
        attributes: { ...node.attributes, padding },
        inputs: pad.inputs,
        weights: Object.fromEntries(weights),
      };
    }),
};
