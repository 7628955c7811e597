/**
 * A `pad` layer in front of a convolution or pool becomes its padding, and two pads one, where
 * both mean the same: convolutions and means that count their padding see zeros there, a
 * maximum sees nothing, which of numbers that are not negative is as good as zeros.
 */
import { sameAttribute } from "../analysis/attributes.ts";
import type { Sides } from "../graph/attributes.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { type Uses, usesOf } from "../graph/uses.ts";
import type { Pass } from "./pass.ts";
import { rewrite } from "./rewrite.ts";

export const mergePads: Pass = {
  name: "merge-pads",
  summary: "makes pad layers the padding of the convolutions, pools and pads behind them",
  run: (graph) => {
    let merged = graph;
    for (;;) {
      const next = mergeOnce(merged);
      if (next.nodes.length === merged.nodes.length) return merged;
      merged = next;
    }
  },
};

function mergeOnce(graph: Graph): Graph {
  const uses = usesOf(graph);
  const pad = graph.nodes.find((node) => canMerge(uses, node));
  if (pad === undefined) return graph;
  const readers = new Set(uses.readers(pad.outputs[0]));
  return rewrite(graph, (node) => {
    if (node === pad) return { value: pad.inputs[0] };
    return { node: readers.has(node) ? padded(node, sidesOf(pad)) : node };
  });
}

/** Whether all who read the pad's output can do its work. */
function canMerge(uses: Uses, pad: Node): boolean {
  const { kind, attributes, inputs, outputs } = pad;
  if (kind !== "pad" || attributes.mode !== "constant" || !addsPixels(pad)) return false;
  const readers = uses.readers(outputs[0]) ?? [];
  const maker = uses.maker(inputs[0]);
  return readers.length > 0 && readers.every((reader) => takes(reader, pad, maker));
}

/** It cuts none off, and adds no channels. */
function addsPixels(pad: Node): boolean {
  const { channels } = pad.attributes;
  const none = Array.isArray(channels) && channels.every((count) => count === 0);
  return none && sidesOf(pad)?.every((side) => side >= 0) === true;
}

function takes(reader: Node, pad: Node, maker: Node | undefined): boolean {
  const own = sidesOf(reader);
  const { value } = pad.attributes;
  const isZero = sameAttribute(value, [0]);
  if (own === undefined || reader.epilogue !== undefined) return false;
  switch (reader.kind) {
    case "conv":
    case "depthwise":
      return isZero;
    case "pad":
      return reader.attributes.mode === "constant" && sameAttribute(reader.attributes.value, value);
    case "avg_pool": {
      const { count_include_pad: counts, ceil_mode: ceil } = reader.attributes;
      return isZero && counts === true && ceil === false && withinHalf(reader, pad);
    }
    case "max_pool": {
      const { dilation, ceil_mode: ceil } = reader.attributes;
      const dense = Array.isArray(dilation) && dilation.every((d) => d === 1);
      if (!isZero || ceil !== false || !dense || !withinHalf(reader, pad)) return false;
      return maker !== undefined && NEVER_NEGATIVE.has(maker.kind);
    }
    default:
      return false;
  }
}

/** Pools have no padding beyond half their kernel, so that every window sees the map. */
function withinHalf(pool: Node, pad: Node): boolean {
  const { kernel } = pool.attributes;
  if (!Array.isArray(kernel)) return false;
  return sumOf(sidesOf(pool), sidesOf(pad)).every((side, i) => side <= Number(kernel[i % 2]) / 2);
}

const NEVER_NEGATIVE: ReadonlySet<string> = new Set([
  "relu",
  "relu6",
  "sigmoid",
  "hard_sigmoid",
  "softplus",
  "softmax",
]);

function padded(reader: Node, more: Sides | undefined): Node {
  const padding = sumOf(sidesOf(reader), more);
  return { ...reader, attributes: { ...reader.attributes, padding } };
}

function sumOf(a: Sides | undefined, b: Sides | undefined): readonly number[] {
  return [0, 1, 2, 3].map((side) => (a?.[side] ?? 0) + (b?.[side] ?? 0));
}

/** Undefined for `same`, which depends on the size. */
function sidesOf({ attributes: { padding } }: Node): Sides | undefined {
  if (!Array.isArray(padding)) return undefined;
  const [top, left, bottom, right] = padding.map(Number);
  return [top, left, bottom, right];
}
