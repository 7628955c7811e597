/**
 * Layers that take over the scale and shift of a node beside them: their weights are scaled, their
 * bias is adapted, and the node goes.
 */
import type { ChannelOf, Graph, Node, ValueId, Weight } from "../graph/graph.ts";
import type { Affine } from "./affine.ts";
import { requiredWeight } from "./node-weights.ts";
import { rewrite } from "./rewrite.ts";

/** What a layer takes over. */
export interface Fold {
  readonly norm: Node;
  readonly affine: Affine;
  /** How the weight's elements belong to the channels that are scaled. */
  readonly channel: ChannelOf;
}

/** What becomes of the bias. */
export type NewBias = Required<Pick<Weight, "shape" | "recipe">>;

/**
 * @param folds by the layer that takes over
 * @param biasOf what the layer's bias becomes, from its own weight; undefined where it stays as it is
 */
export function takeOver(
  graph: Graph,
  folds: ReadonlyMap<Node, Fold>,
  biasOf: (layer: Node, fold: Fold, weight: Weight) => NewBias | undefined,
): Graph {
  const values = new Map<Node, ValueId>(
    [...folds.values()].map(({ norm, affine }) => [norm, affine.x]),
  );
  return rewrite(graph, (node) => {
    const value = values.get(node);
    if (value !== undefined) return { value };
    const fold = folds.get(node);
    if (fold === undefined) return { node };
    const weight = requiredWeight(graph, node, "weight");
    const bias = biasOf(node, fold, weight);
    return taking(node, scaledBy(weight, fold), bias && biasWeight(node, fold, bias));
  });
}

function scaledBy(weight: Weight, { affine: { scale }, channel }: Fold): Weight {
  return {
    ...weight,
    name: `${weight.name} · ${scale.name}`,
    recipe: { kind: "scale_channels", of: weight, by: scale, channel },
  };
}

function biasWeight(layer: Node, { norm }: Fold, bias: NewBias): Weight {
  return {
    name: `${layer.name}.bias with ${norm.name}`,
    dtype: "f32",
    role: "parameter",
    ...bias,
  };
}

function taking(
  layer: Node,
  weight: Weight,
  bias: Weight | undefined,
): { readonly node: Node; readonly weights: readonly Weight[] } {
  if (bias === undefined) {
    return {
      node: { ...layer, weights: { ...layer.weights, weight: weight.name } },
      weights: [weight],
    };
  }
  const node = {
    ...layer,
    attributes: { ...layer.attributes, bias: true },
    weights: { weight: weight.name, bias: bias.name },
  };
  return { node, weights: [weight, bias] };
}
