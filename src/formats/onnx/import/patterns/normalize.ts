/** The normalisation of an image, written as a difference and a quotient. */
import type { Node, ValueId } from "../../../../graph/graph.ts";
import { isByChannel } from "../by-channel.ts";
import { type Recognised, type View, recognise } from "../draft.ts";
import { shortest } from "../shortest.ts";
import type { Pattern } from "./pattern.ts";

/** What is subtracted, or divided by: one number, or one for each channel. */
interface Step {
  readonly x: ValueId;
  readonly by: readonly number[];
}

/** Colours and depth; more channels are features, whose scale and shift are a norm. */
const MOST_CHANNELS = 4;

function stepOf(node: Node | undefined, view: View): Step | undefined {
  if (node === undefined) return undefined;
  const [x, other] = node.inputs;
  const { scalar } = node.attributes;
  if (typeof scalar === "number") return { x, by: [scalar] };
  const stored = other === undefined ? undefined : view.parameter(other);
  if (stored === undefined || !isByChannel(stored.array.shape, view.shape(x))) return undefined;
  const by = Array.from(view.numbers(stored), shortest);
  return by.length <= MOST_CHANNELS ? { x, by } : undefined;
}

export const normalize: Pattern = {
  name: "normalize",
  summary: "(x - mean) / std of a map, with one number each or one for each of an image's channels",
  apply: (draft) =>
    recognise(draft, (node, view): Recognised | undefined => {
      if (node.kind !== "div_scalar" && node.kind !== "div") return undefined;
      const quotient = stepOf(node, view);
      const difference = stepOf(view.made(quotient?.x, "sub_scalar", "sub"), view);
      if (quotient === undefined || difference === undefined) return undefined;
      const { x } = difference;
      if (view.shape(x).length !== 4 || view.uses(quotient.x) > 1) return undefined;
      if (quotient.by.some((std) => std <= 0)) return undefined;
      const attributes = { mean: difference.by, std: quotient.by };
      return { kind: "normalize", attributes, inputs: [x] };
    }),
};
