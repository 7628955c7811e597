/**
 * `normalize` in front of a convolution or linear layer is a scale and a shift of its input
 * channels, which the weights can take; so is any other scale and shift that did not fold into
 * what stands before it. Padded zeros stand for pixels that are zero behind it, and no bias can
 * tell them from real ones: with padding only a scale folds, or else the padding becomes a `pad`
 * with the numbers, by channel, that the scale and shift make zero. It replaces the copy that an image of the
 * user's needs anyway, and so is for images alone.
 */
import { isKnown } from "../graph/dim.ts";
import type { ChannelOf, Graph, Node, ValueId, Weight } from "../graph/graph.ts";
import { type Uses, usesOf } from "../graph/uses.ts";
import { type Affine, affineOf } from "./affine.ts";
import { optionalWeight } from "./node-weights.ts";
import type { Pass } from "./pass.ts";
import { removeDeadNodes } from "./remove-dead-nodes.ts";
import { type Fold, type NewBias, type Padding, takeOver } from "./take-over.ts";

export const foldNormalize: Pass = {
  name: "fold-normalize",
  summary:
    "folds normalize, and other scales and shifts, into the convolution or linear layer behind it",
  run: (graph) => {
    const uses = usesOf(graph);
    const folds = new Map<Node, Fold>();
    for (const norm of graph.nodes) {
      const affine = affineOf(graph, uses, norm);
      const found = affine && readerOf(graph, uses, norm, affine);
      if (affine === undefined || found === undefined) continue;
      folds.set(found.layer, { norm, affine, ...found });
    }
    const folded = takeOver(graph, folds, (layer, fold, weight) =>
      newBias(graph, layer, fold, weight),
    );
    return removeDeadNodes.run(folded);
  },
};

interface Reader extends Pick<Fold, "channel" | "pad"> {
  readonly layer: Node;
}

/** The only layer that reads the node's output, where it can fold; a flatten may stand between. */
function readerOf(graph: Graph, uses: Uses, norm: Node, affine: Affine): Reader | undefined {
  const [value] = norm.outputs;
  const reader = uses.onlyReader(value);
  if (reader === undefined || reader.epilogue !== undefined) return undefined;
  const pixels = reader.kind === "flatten" ? pixelsOf(graph, value, reader) : undefined;
  if (pixels !== undefined) {
    const linear = uses.onlyReader(reader.outputs[0]);
    if (linear?.kind !== "linear" || linear.epilogue !== undefined) return undefined;
    return { layer: linear, channel: { axis: "second", groups: 1, each: pixels } };
  }
  const pad = affine.keepsZero ? undefined : paddingOf(graph, reader, affine);
  const channel = inputChannels(graph, reader, value, affine.keepsZero || pad !== undefined);
  return channel && { layer: reader, channel, ...(pad && { pad }) };
}

/** The padding of a convolution of the user's image, where the program says what becomes zero. */
function paddingOf(graph: Graph, { kind, attributes }: Node, affine: Affine): Padding | undefined {
  const { padding } = attributes;
  if (kind !== "conv" && kind !== "depthwise") return undefined;
  if (!Array.isArray(padding) || padding.every((side) => side === 0)) return undefined;
  if (affine.zeros === undefined || !graph.inputs.includes(affine.x)) return undefined;
  const [top, left, bottom, right] = padding.map(Number);
  return { sides: [top, left, bottom, right], value: shortest(affine.zeros) };
}

/** One number where all are the same. */
function shortest(numbers: readonly number[]): readonly number[] {
  const [first] = numbers;
  return numbers.every((number) => number === first) ? [first] : numbers;
}

/** Features of each channel, of a map that becomes a vector. */
function pixelsOf(graph: Graph, map: ValueId, flatten: Node): number | undefined {
  const [, , height, width] = graph.values[map].type.shape;
  const flat = graph.values[flatten.outputs[0]].type.shape.length === 2;
  const known = height !== undefined && width !== undefined && isKnown(height) && isKnown(width);
  return flat && known ? height * width : undefined;
}

/** Undefined for layers that cannot fold. */
function inputChannels(
  graph: Graph,
  { kind, attributes }: Node,
  value: ValueId,
  keepsZero: boolean,
): ChannelOf | undefined {
  const { padding, groups, multiplier } = attributes;
  const unpadded = Array.isArray(padding) && padding.every((side) => side === 0);
  switch (kind) {
    case "conv":
      if (!(unpadded || keepsZero) || typeof groups !== "number") return undefined;
      return { axis: "second", groups };
    case "depthwise":
      if (!(unpadded || keepsZero) || typeof multiplier !== "number") return undefined;
      return { axis: "first", each: multiplier };
    case "conv_transpose":
      // Pixels of its border are reached by fewer taps, whatever the padding.
      return keepsZero ? { axis: "first" } : undefined;
    case "linear": {
      const isVector = graph.values[value].type.shape.length === 2;
      return isVector ? { axis: "second", groups: 1 } : undefined;
    }
    default:
      return undefined;
  }
}

/** A shift of the input channels, brought through the weights. */
function newBias(graph: Graph, layer: Node, fold: Fold, weight: Weight): NewBias | undefined {
  const { affine, channel } = fold;
  if (affine.keepsZero) return undefined;
  const bias = optionalWeight(graph, layer, "bias");
  const recipe = { kind: "add_through", bias, weight, shift: affine.shift, channel } as const;
  return { shape: [weight.shape[0]], recipe };
}
