/**
 * In inference batch_norm is `x · scale + shift` for each channel, which the convolution or
 * linear layer before it can do by itself: its weights are scaled, its bias is adapted.
 */
import { InternalFault } from "../diagnostics/diagnostic.ts";
import type { ChannelOf, Graph, Node, Weight } from "../graph/graph.ts";
import { optionalWeight, requiredWeight } from "./node-weights.ts";
import type { Pass } from "./pass.ts";
import { rewrite, usesOf } from "./rewrite.ts";

export const foldBatchNorm: Pass = {
  name: "fold-batch-norm",
  summary: "folds batch_norm into the weights of the convolution or linear layer before it",
  run: (graph) => {
    const uses = usesOf(graph);
    /** The batch_norm that is folded into a layer, by the layer. */
    const folded = new Map<Node, Node>();
    for (const node of graph.nodes) {
      if (node.kind !== "batch_norm" || node.weights.running_var === undefined) continue;
      const layer = uses.maker(node.inputs[0]);
      if (layer === undefined || outputChannels(layer) === undefined) continue;
      if (uses.onlyReader(node.inputs[0]) === node) folded.set(layer, node);
    }
    const norms = new Set(folded.values());
    return rewrite(graph, (node) => {
      if (norms.has(node)) return { value: node.inputs[0] };
      const norm = folded.get(node);
      return norm === undefined ? { node } : foldInto(graph, node, norm);
    });
  },
};

/** How the weight's elements belong to output channels; undefined for layers that cannot fold. */
function outputChannels({ kind, attributes, epilogue }: Node): ChannelOf | undefined {
  if (epilogue !== undefined) return undefined;
  switch (kind) {
    case "conv":
    case "depthwise":
    case "linear":
      return { axis: "first" };
    case "conv_transpose": {
      const { groups } = attributes;
      return typeof groups === "number" ? { axis: "second", groups } : undefined;
    }
    default:
      return undefined;
  }
}

function foldInto(
  graph: Graph,
  layer: Node,
  norm: Node,
): { node: Node; weights: readonly Weight[] } {
  const channel = outputChannels(layer);
  const { eps } = norm.attributes;
  if (channel === undefined || typeof eps !== "number") {
    throw new InternalFault(`${norm.name} cannot be folded into ${layer.name}`);
  }
  const { scale, shift } = affineOfNorm(graph, norm, eps);
  const weight = requiredWeight(graph, layer, "weight");
  const scaled: Weight = {
    ...weight,
    name: `${weight.name} · ${scale.name}`,
    recipe: { kind: "scale_channels", of: weight, by: scale, channel },
  };
  const bias: Weight = {
    name: `${layer.name}.bias with ${norm.name}`,
    shape: scale.shape,
    dtype: "f32",
    role: "parameter",
    recipe: { kind: "affine", of: optionalWeight(graph, layer, "bias"), scale, shift },
  };
  return {
    node: {
      ...layer,
      attributes: { ...layer.attributes, bias: true },
      weights: { weight: scaled.name, bias: bias.name },
    },
    weights: [scaled, bias],
  };
}

/** The norm as one scale and one shift for each channel. */
function affineOfNorm(graph: Graph, norm: Node, eps: number): { scale: Weight; shift: Weight } {
  const variance = requiredWeight(graph, norm, "running_var");
  const mean = requiredWeight(graph, norm, "running_mean");
  const derived = { shape: variance.shape, dtype: "f32", role: "parameter" } as const;
  const scale: Weight = {
    ...derived,
    name: `${norm.name}.scale`,
    recipe: { kind: "norm_scale", gamma: optionalWeight(graph, norm, "weight"), variance, eps },
  };
  const shift: Weight = {
    ...derived,
    name: `${norm.name}.shift`,
    recipe: { kind: "norm_shift", beta: optionalWeight(graph, norm, "bias"), mean, scale },
  };
  return { scale, shift };
}
