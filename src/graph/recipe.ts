/** Walks over the weights that an optimised graph computes from others. */
import type { Recipe, Weight } from "./graph.ts";

/** `change` applied to a weight and to all that its recipe is made of. */
export function mapWeight(weight: Weight, change: (weight: Weight) => Weight): Weight {
  const changed = change(weight);
  if (weight.recipe === undefined) return changed;
  return { ...changed, recipe: mapRecipe(weight.recipe, (part) => mapWeight(part, change)) };
}

function mapRecipe(recipe: Recipe, change: (weight: Weight) => Weight): Recipe {
  const optional = (weight: Weight | undefined): Weight | undefined => weight && change(weight);
  switch (recipe.kind) {
    case "numbers":
      return recipe;
    case "repeat":
      return { ...recipe, of: change(recipe.of) };
    case "layer": {
      const weights = Object.entries(recipe.weights).map(([role, weight]) => [
        role,
        change(weight),
      ]);
      return {
        ...recipe,
        inputs: recipe.inputs.map(change),
        weights: Object.fromEntries(weights),
      };
    }
    case "norm_scale":
      return { ...recipe, gamma: optional(recipe.gamma), variance: change(recipe.variance) };
    case "norm_shift":
      return {
        ...recipe,
        beta: optional(recipe.beta),
        mean: change(recipe.mean),
        scale: change(recipe.scale),
      };
    case "scale_channels":
      return { ...recipe, of: change(recipe.of), by: change(recipe.by) };
    case "affine":
      return {
        ...recipe,
        of: optional(recipe.of),
        scale: change(recipe.scale),
        shift: change(recipe.shift),
      };
    case "add_through":
      return {
        ...recipe,
        bias: optional(recipe.bias),
        weight: change(recipe.weight),
        shift: change(recipe.shift),
      };
    default:
      return recipe satisfies never;
  }
}
