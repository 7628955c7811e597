/**
 * `normalize` in front of a convolution or linear layer is a scale and a shift of its input
 * channels, which the weights can take. Only without padding: padded zeros stand for pixels
 * that are zero after normalising, and no bias can tell them from real ones.
 */
import { InternalFault } from "../diagnostics/diagnostic.ts";
import type { ChannelOf, Graph, Node, Weight } from "../graph/graph.ts";
import { isKnown } from "../graph/dim.ts";
import { optionalWeight, requiredWeight } from "./node-weights.ts";
import type { Pass } from "./pass.ts";
import { rewrite, usesOf } from "./rewrite.ts";

export const foldNormalize: Pass = {
  name: "fold-normalize",
  summary: "folds normalize into the unpadded convolution behind it",
  run: (graph) => {
    const uses = usesOf(graph);
    const folded = new Map<Node, Fold>();
    const gone = new Set<Node>();
    for (const norm of graph.nodes) {
      const affine = norm.kind === "normalize" ? affineOf(graph, norm) : undefined;
      const layer = uses.onlyReader(norm.outputs[0]);
      const channel = layer && inputChannels(layer);
      if (affine === undefined || layer === undefined || channel === undefined) continue;
      folded.set(layer, { norm, ...affine, channel });
      gone.add(norm);
    }
    return rewrite(graph, (node) => {
      if (gone.has(node)) return { value: node.inputs[0] };
      const fold = folded.get(node);
      return fold === undefined ? { node } : foldInto(graph, node, fold);
    });
  },
};

interface Fold {
  readonly norm: Node;
  /** `x · scale + shift`, one number for each input channel. */
  readonly scale: Weight;
  readonly shift: Weight;
  readonly channel: ChannelOf;
}

/** Undefined where the number of channels is not known. */
function affineOf(graph: Graph, norm: Node): Pick<Fold, "scale" | "shift"> | undefined {
  const [mean, std] = [numbersOf(norm, "mean"), numbersOf(norm, "std")];
  const [, channels] = graph.values[norm.inputs[0]].type.shape;
  if (!isKnown(channels)) return undefined;
  const perChannel = (name: string, value: (c: number) => number): Weight => ({
    name: `${norm.name}.${name}`,
    shape: [channels],
    dtype: "f32",
    role: "parameter",
    recipe: { kind: "numbers", values: Array.from({ length: channels }, (_, c) => value(c)) },
  });
  return {
    scale: perChannel("scale", (c) => 1 / spread(std, c)),
    shift: perChannel("shift", (c) => -spread(mean, c) / spread(std, c)),
  };
}

/** How the weight's elements belong to input channels; undefined for layers that cannot fold. */
function inputChannels({ kind, attributes, epilogue }: Node): ChannelOf | undefined {
  if (epilogue !== undefined || kind !== "conv") return undefined;
  const { padding, groups } = attributes;
  const unpadded = Array.isArray(padding) && padding.every((side) => side === 0);
  return unpadded && typeof groups === "number" ? { axis: "second", groups } : undefined;
}

function foldInto(
  graph: Graph,
  layer: Node,
  { norm, scale, shift, channel }: Fold,
): { node: Node; weights: readonly Weight[] } {
  const weight = requiredWeight(graph, layer, "weight");
  const scaled: Weight = {
    ...weight,
    name: `${weight.name} · ${scale.name}`,
    recipe: { kind: "scale_channels", of: weight, by: scale, channel },
  };
  const bias: Weight = {
    name: `${layer.name}.bias with ${norm.name}`,
    shape: [weight.shape[0]],
    dtype: "f32",
    role: "parameter",
    recipe: {
      kind: "add_through",
      bias: optionalWeight(graph, layer, "bias"),
      weight,
      shift,
      channel,
    },
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

/** One number stands for all channels. */
function spread(numbers: readonly number[], channel: number): number {
  return numbers[channel % numbers.length];
}

function numbersOf({ name, attributes }: Node, attribute: string): readonly number[] {
  const value = attributes[attribute];
  const numbers = Array.isArray(value) ? value.filter((item) => typeof item === "number") : [];
  if (numbers.length === 0) throw new InternalFault(`${name} has no ${attribute}`);
  return numbers;
}
