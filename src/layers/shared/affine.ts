/** The learned scale and shift of a normalisation as weights: `weight` and `bias`. */
import type { Dim } from "../../graph/dim.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { WeightShapes } from "../layer.ts";
import type { Affine, Grouping } from "./normalization.ts";

export function affineWeights(affine: boolean, shape: readonly Dim[]): WeightShapes {
  if (!affine) return {};
  return {
    weight: { shape, role: "parameter", init: "ones" },
    bias: { shape, role: "parameter", init: "zeros" },
  };
}

/** `groups` says which weight an element takes. */
export function affineOf(
  affine: boolean,
  { weight, bias }: Readonly<Record<string, Tensor>>,
  groups: () => Grouping,
): { readonly affine?: Affine } {
  return affine ? { affine: { groups: groups(), scale: weight.data, shift: bias.data } } : {};
}
