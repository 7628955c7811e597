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

/** The constant, where it is one number. */
function numberOf(value: AttributeValue | undefined): number | undefined {
  const [number, ...others] = value !== undefined && isList(value) ? value : [];
  return typeof number === "number" && others.length === 0 ? number : undefined;
}

export const mergedPads: Pattern = {
  name: "pads",
  summary: "zeros in front of a convolution or a counting average, least numbers before a maximum",
  apply: (draft) =>
    recognise(draft, (node, view): Recognised | undefined => {
      const pad = view.made(node.inputs[0], "pad");
      if (pad === undefined || pad.attributes.mode !== "constant") return undefined;
      const value = numberOf(pad.attributes.value);
      const isZero = value === 0;
      const fits =
        ((node.kind === "conv" || node.kind === "depthwise") && isZero) ||
        (node.kind === "avg_pool" && isZero && node.attributes.count_include_pad === true) ||
        (node.kind === "max_pool" && value !== undefined && value <= LOWEST);
      const [own, added] = [sidesOf(node.attributes.padding), sidesOf(pad.attributes.padding)];
      if (!fits || own === undefined || added === undefined) return undefined;
      if (added.some((side) => side < 0)) return undefined;
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
