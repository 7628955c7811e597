/** All pixels of a map as one vector for a linear layer: in which order they stand, its weights say. */
import { isKnown } from "../../../../graph/dim.ts";
import type { Node } from "../../../../graph/graph.ts";
import { permutedArray, reshapedArray } from "../arrays.ts";
import { type Order, inverseOf, orderOf } from "../axis-order/order.ts";
import { type NamedArray, type View, recognise } from "../draft.ts";
import type { Pattern } from "./pattern.ts";

/** Whether `flatten` makes vectors of pixels, whose number is known, for this linear layer alone. */
export function isFlattenedFor(linear: Node, flatten: Node, view: View): boolean {
  const { start_axis, end_axis } = flatten.attributes;
  const [, ...pixels] = view.shape(flatten.inputs[0]);
  return (
    linear.kind === "linear" &&
    flatten.kind === "flatten" &&
    start_axis === 1 &&
    end_axis === -1 &&
    pixels.every(isKnown) &&
    view.uses(flatten.outputs[0]) === 1 &&
    view.weightUses(linear.weights["weight"]) === 1
  );
}

interface Flattened {
  readonly flatten: Node;
  readonly permute: Node;
}

/** The two layers in front of a linear one that reads transposed pixels. */
function flattenedBefore(linear: Node, view: View): Flattened | undefined {
  const flatten = view.made(linear.inputs[0], "flatten");
  const permute = view.made(flatten?.inputs[0], "permute");
  if (flatten === undefined || permute === undefined) return undefined;
  const fits = isFlattenedFor(linear, flatten, view) && orderOf(permute)[0] === 0;
  return fits ? { flatten, permute } : undefined;
}

export const flattenedLinear: Pattern = {
  name: "flattened",
  summary: "a transposition in front of flatten and linear, whose weights are put in that order",
  apply: (draft) => {
    const untransposed = new Set<string>();
    const weighted = recognise(draft, (node, view) => {
      const found = flattenedBefore(node, view);
      const weight = found && view.weight(node, "weight");
      if (found === undefined || weight === undefined) return undefined;
      untransposed.add(found.flatten.name);
      const bias = view.weight(node, "bias");
      const pixels = view.shape(found.flatten.inputs[0]).slice(1).filter(isKnown);
      return {
        kind: "linear",
        attributes: node.attributes,
        inputs: node.inputs,
        weights: {
          weight: withPixelsIn(weight, pixels, inverseOf(orderOf(found.permute))),
          ...(bias && { bias }),
        },
      };
    });
    return recognise(weighted, (node, view) => {
      const found = untransposed.has(node.name) ? view.made(node.inputs[0], "permute") : undefined;
      if (found === undefined) return undefined;
      return { kind: "flatten", attributes: node.attributes, inputs: found.inputs };
    });
  },
};

/** The matrix `[out, pixels]` with its columns in another order. */
function withPixelsIn(
  { array, name }: NamedArray,
  pixels: readonly number[],
  order: Order,
): NamedArray {
  const apart = reshapedArray(array, [array.shape[0], ...pixels]);
  return { name, array: reshapedArray(permutedArray(apart, order), array.shape) };
}
