/**
 * In inference batch_norm is `x · scale + shift` for each channel, which the convolution or
 * linear layer before it can do by itself: its weights are scaled, its bias is adapted. So is
 * arithmetic with a number, or with a learned tensor that has one number for each channel.
 */
import type { ChannelOf, Graph, Node, ValueId } from "../graph/graph.ts";
import { type Uses, usesOf } from "../graph/uses.ts";
import { type Affine, affineOf } from "./affine.ts";
import { optionalWeight } from "./node-weights.ts";
import type { Pass } from "./pass.ts";
import { removeDeadNodes } from "./remove-dead-nodes.ts";
import { type Fold, type NewBias, takeOver } from "./take-over.ts";

export const foldBatchNorm: Pass = {
  name: "fold-batch-norm",
  summary:
    "folds batch_norm, and other scales and shifts, into the convolution or linear layer before it",
  run: (graph) => {
    let folded = graph;
    for (;;) {
      const next = foldOnce(folded);
      if (next.nodes.length === folded.nodes.length) return removeDeadNodes.run(folded);
      folded = next;
    }
  },
};

function foldOnce(graph: Graph): Graph {
  const uses = usesOf(graph);
  const folds = new Map<Node, Fold>();
  for (const norm of graph.nodes) {
    const affine = affineOf(graph, uses, norm);
    if (affine === undefined || uses.onlyReader(affine.x) !== norm) continue;
    const before = layerBefore(graph, uses, affine.x);
    if (before === undefined) continue;
    folds.set(before.layer, { norm, affine, channel: before.channel });
  }
  return takeOver(graph, folds, (layer, { affine }) => newBias(graph, layer, affine));
}

interface Before {
  readonly layer: Node;
  readonly channel: ChannelOf;
}

/** The layer that makes a value, where it can fold; a permutation may stand between. */
function layerBefore(graph: Graph, uses: Uses, value: ValueId): Before | undefined {
  const layer = uses.maker(value);
  if (layer === undefined) return undefined;
  if (layer.kind === "permute") {
    const matrix = matrixBehind(graph, uses, layer);
    return matrix && { layer: matrix, channel: { axis: "first" } };
  }
  const channel = outputChannels(graph, layer);
  return channel && { layer, channel };
}

/** The matrix whose features a permutation makes the channels, as in ConvNeXt's blocks. */
function matrixBehind(graph: Graph, uses: Uses, permute: Node): Node | undefined {
  const { order } = permute.attributes;
  if (!Array.isArray(order)) return undefined;
  const [value] = permute.inputs;
  const last = graph.values[value].type.shape.length - 1;
  const matrix = uses.maker(value);
  const isLast = order[1] === last || order[1] === -1;
  const fits = isLast && matrix?.kind === "linear" && matrix.epilogue === undefined;
  return fits && uses.onlyReader(value) === permute ? matrix : undefined;
}

/** How the weight's elements belong to output channels; undefined for layers that cannot fold. */
function outputChannels(
  graph: Graph,
  { kind, attributes, epilogue, outputs }: Node,
): ChannelOf | undefined {
  if (epilogue !== undefined) return undefined;
  switch (kind) {
    case "conv":
    case "depthwise":
      return { axis: "first" };
    case "linear":
      // Channels are the second axis, features the last.
      return graph.values[outputs[0]].type.shape.length === 2 ? { axis: "first" } : undefined;
    case "conv_transpose": {
      const { groups } = attributes;
      return typeof groups === "number" ? { axis: "second", groups } : undefined;
    }
    default:
      return undefined;
  }
}

function newBias(graph: Graph, layer: Node, { scale, shift }: Affine): NewBias {
  const of = optionalWeight(graph, layer, "bias");
  return { shape: scale.shape, recipe: { kind: "affine", of, scale, shift } };
}
