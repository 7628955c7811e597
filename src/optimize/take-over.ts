/**
 * Layers that take over the scale and shift of a node beside them: their weights are scaled, their
 * bias is adapted, and the node goes.
 */
import type { Sides } from "../graph/attributes.ts";
import { add } from "../graph/dim.ts";
import type { ChannelOf, Graph, Node, Weight } from "../graph/graph.ts";
import { tensorType } from "../graph/tensor-type.ts";
import type { Affine } from "./affine.ts";
import { requiredWeight } from "./node-weights.ts";
import { type Replacement, rewrite } from "./rewrite.ts";

/** What a layer takes over. */
export interface Fold {
  readonly norm: Node;
  readonly affine: Affine;
  /** How the weight's elements belong to the channels that are scaled. */
  readonly channel: ChannelOf;
  /** The layer's padding, where it becomes a `pad` in the node's place. */
  readonly pad?: Padding;
}

export interface Padding {
  readonly sides: Sides;
  /** One for all channels, or one for each. */
  readonly value: readonly number[];
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
  const gone = new Map([...folds.values()].map((fold) => [fold.norm, fold]));
  return rewrite(graph, (node) => {
    const taken = gone.get(node);
    if (taken !== undefined) return insteadOf(graph, taken);
    const fold = folds.get(node);
    if (fold === undefined) return { node };
    const weight = requiredWeight(graph, node, "weight");
    const bias = biasOf(node, fold, weight);
    const layer = fold.pad === undefined ? node : unpadded(node);
    return taking(layer, scaledBy(weight, fold), bias && biasWeight(node, fold, bias));
  });
}

/** What is left in the place of the node that is taken over. */
function insteadOf(graph: Graph, { norm, affine, pad }: Fold): Replacement {
  if (pad === undefined) return { value: affine.x };
  const { sides, value } = pad;
  const [batch, channels, height, width] = graph.values[norm.outputs[0]].type.shape;
  const [top, left, bottom, right] = sides;
  const attributes = { padding: sides, mode: "constant", value, channels: [0, 0] };
  return {
    node: { ...norm, kind: "pad", attributes, weights: {} },
    type: tensorType([batch, channels, add(height, top + bottom), add(width, left + right)]),
  };
}

function unpadded(layer: Node): Node {
  return { ...layer, attributes: { ...layer.attributes, padding: [0, 0, 0, 0] } };
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
