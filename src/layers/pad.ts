/** Pixels added around a map: a constant, its mirror image, its edge repeated, or its other side. */
import { type Problem, problem } from "../diagnostics/diagnostic.ts";
import type { Sides } from "../graph/attributes.ts";
import { atLeast } from "../graph/condition.ts";
import { type Dim, add, formatDim } from "../graph/dim.ts";
import { type CopyBox, keptAxis } from "../graph/operation.ts";
import { type Requirement, type ParameterValues } from "./layer.ts";
import { type OnnxResult, type OnnxTensor, constant, int64s, op } from "./onnx.ts";
import { choice, floats, pair, sides } from "./parameters.ts";
import { conflict } from "./shared/arguments.ts";
import { type FeatureMap, SPATIAL, featureMap, mapType } from "./shared/map.ts";
import { CHANNEL, fitsChannels, ofChannel } from "./shared/per-channel.ts";
import { rearrangement } from "./shared/rearrangement.ts";

const parameters = {
  padding: sides({
    doc: "Pixels on each side: all, (height, width) or each; negative ones are cut off.",
  }),
  mode: choice(["constant", "reflect", "edge", "circular"], {
    doc:
      "`reflect` mirrors the map without its edge, `edge` repeats the last pixel, `circular` " +
      "goes on at the other side.",
    default: "constant",
  }),
  value: floats({ doc: "The constant: one, or one for each channel.", default: [0] }),
  channels: pair({
    doc: "Channels before and behind; negative ones are cut off.",
    default: [0, 0],
  }),
};

type Attributes = ParameterValues<typeof parameters>;
type Mode = Attributes["mode"];

/** A mirror has no more pixels than the map has behind its edge. */
function mirrored(padding: Sides, map: FeatureMap): readonly Requirement[] {
  const [top, left, bottom, right] = padding;
  const largest = [Math.max(top, bottom), Math.max(left, right)];
  return SPATIAL.map(({ index, name }) => {
    const facts = { axis: name, padding: largest[index], size: formatDim(map.size[index]) };
    const blame = [{ input: 0, axis: index + 2 }];
    return {
      condition: atLeast(map.size[index], largest[index] + 1),
      problem: { ...problem("CNN2059", facts, "padding"), blame },
    };
  });
}

/** The pixel that stands at `at`, counted from the map's first; undefined for the constant. */
function pixelAt(at: number, size: number, mode: Mode): number | undefined {
  if (at >= 0 && at < size) return at;
  switch (mode) {
    case "constant":
      return undefined;
    case "reflect":
      return at < 0 ? -at : 2 * (size - 1) - at;
    case "edge":
      return at < 0 ? 0 : size - 1;
    case "circular":
      return at < 0 ? at + size : at - size;
    default:
      return mode satisfies never;
  }
}

function wrongArguments(attributes: Attributes): Problem | undefined {
  const { padding, mode, value, channels } = attributes;
  if (mode === "constant") return value.length === 1 ? undefined : wrongForChannels(attributes);
  if (value.length !== 1 || value[0] !== 0) {
    const written = value.length === 1 ? String(value) : `(${value.join(", ")})`;
    const text = `\`value: ${written}\` has no place in \`mode: ${mode}\``;
    return conflict("pad", text, "leave `value` out, or write `mode: constant`", "value");
  }
  if (channels.some((count) => count !== 0)) {
    const text = `channels are added as a constant, and the mode is \`${mode}\``;
    return conflict("pad", text, "add them by a `pad` of their own", "channels");
  }
  if (mode === "circular" && padding.some((side) => side < 0)) {
    const text = "nothing can be cut off where the map goes on at its other side";
    return conflict("pad", text, "cut pixels off by a `slice`", "padding");
  }
  return undefined;
}

/** With a value for each channel. */
function wrongForChannels({ padding, channels }: Attributes): Problem | undefined {
  if (channels.some((count) => count !== 0)) {
    const text = "each channel of the map has a value, and channels are added to it";
    return conflict("pad", text, "add them by a `pad` of their own", "channels");
  }
  if (padding.some((side) => side < 0)) {
    const text = "each channel has a value, and pixels are cut off";
    return conflict("pad", text, "cut pixels off by a `slice`", "padding");
  }
  return undefined;
}

function tooFar(text: string): Problem {
  return conflict("pad", text, "pad by less", "padding");
}

/** What is cut off leaves something, and what goes round goes round once. */
function keepsToTheMap(attributes: Attributes, map: FeatureMap): readonly Requirement[] {
  return [...keepsChannels(attributes, map), ...keepsPixels(attributes, map)];
}

function keepsChannels({ channels: extra }: Attributes, map: FeatureMap): readonly Requirement[] {
  if (extra.every((count) => count >= 0)) return [];
  const text = `nothing is left of ${formatDim(map.channels)} channels`;
  const found = conflict("pad", text, "cut fewer off", "channels");
  return [{ condition: atLeast(add(map.channels, cutOff(extra)), 1), problem: found }];
}

function keepsPixels({ padding, mode }: Attributes, map: FeatureMap): readonly Requirement[] {
  return SPATIAL.flatMap(({ index, name }): readonly Requirement[] => {
    const [before, after] = [padding[index], padding[index + 2]];
    const size = map.size[index];
    const there = formatDim(size);
    if (mode === "circular") {
      const most = Math.max(before, after);
      const text = `${most} pixels are taken of a ${name} of ${there}`;
      return [{ condition: atLeast(size, most), problem: tooFar(text) }];
    }
    if (before >= 0 && after >= 0) return [];
    const text = `nothing is left of a ${name} of ${there}`;
    return [{ condition: atLeast(add(size, cutOff([before, after])), 1), problem: tooFar(text) }];
  });
}

/** What negative padding takes away of an axis: at most 0. */
function cutOff([before, after]: readonly [number, number]): number {
  return Math.min(0, before) + Math.min(0, after);
}

/** Neighbouring places of an axis that come from neighbouring places, in steps. */
interface Segment {
  readonly to: number;
  readonly from: number;
  readonly extent: number;
  readonly step: number;
}

function segmentsOf(before: number, size: number, after: number, mode: Mode): readonly Segment[] {
  const start = Math.max(0, -before);
  const inside: Segment = {
    to: Math.max(0, before),
    from: start,
    extent: size - start - Math.max(0, -after),
    step: 1,
  };
  if (mode === "constant") return [inside];
  const step = { reflect: -1, edge: 0, circular: 1 }[mode];
  const beyond = (at: number, extent: number): readonly Segment[] =>
    extent <= 0 ? [] : [{ to: at + before, from: pixelAt(at, size, mode) ?? 0, extent, step }];
  return [...beyond(-before, before), inside, ...beyond(size, after)];
}

export const pad = rearrangement({
  kind: "pad",
  category: "shape",
  summary: "Adds pixels around a map, or cuts them off.",
  source: "PyTorch torch.nn.functional.pad (whose `replicate` is `edge` here, as in ONNX)",
  parameters,
  shape: (attributes, x) => {
    const wrong = wrongArguments(attributes);
    if (wrong !== undefined) return wrong;
    const { padding, mode, value, channels } = attributes;
    const map = featureMap("pad", x);
    if ("code" in map) return map;
    const [top, left, bottom, right] = padding;
    const [height, width] = map.size;
    const size: readonly [Dim, Dim] = [add(height, top + bottom), add(width, left + right)];
    return {
      outputs: [mapType(map.batch, add(map.channels, channels[0] + channels[1]), size)],
      requires: [
        ...keepsToTheMap(attributes, map),
        ...(mode === "reflect" ? mirrored(padding, map) : []),
        ...fitsChannels({ layer: "pad", argument: "value", values: value }, x.shape),
      ],
    };
  },
  /** Of the pixels inside; what is mirrored or repeated sees those it copies. */
  receptiveField: ({ padding: [top, left] }) => ({
    size: [1, 1],
    stride: [1, 1],
    start: [0 - top, 0 - left],
  }),
  arrange: ({ padding: [top, left, bottom, right], mode, value, channels: extra }, shape) => {
    const [batch, channels, height, width] = shape;
    const [front, behind] = extra;
    return {
      shape: [batch, channels + front + behind, height + top + bottom, width + left + right],
      source: ([n, c, y, x]) => {
        const row = pixelAt(y - top, height, mode);
        const column = pixelAt(x - left, width, mode);
        const channel = pixelAt(c - front, channels, "constant");
        const outside = row === undefined || column === undefined || channel === undefined;
        return outside ? undefined : [n, channel, row, column];
      },
      constant: ([, c]) => ofChannel(value, c),
    };
  },
  families: ["pad", "copies"],
  operation: ({ padding, mode, value, channels: extra }, [batch, channels, height, width]) => {
    const only = padding.every((side) => side >= 0) && extra.every((count) => count === 0);
    if (only && mode !== "circular") {
      return { family: "pad", padding, mode: mode === "constant" ? { constant: value } : mode };
    }
    const [top, left, bottom, right] = padding;
    const [kept] = segmentsOf(extra[0], channels, extra[1], "constant");
    const boxes = segmentsOf(top, height, bottom, mode).flatMap((rows) =>
      segmentsOf(left, width, right, mode).map((columns): CopyBox => ({
        axes: [
          keptAxis(0, batch),
          keptAxis(1, kept.extent),
          keptAxis(2, rows.extent, rows.step),
          keptAxis(3, columns.extent, columns.step),
        ],
        from: [0, kept.from, rows.from, columns.from],
        to: [0, kept.to, rows.to, columns.to],
      })),
    );
    return { family: "copies", boxes, ...(mode === "constant" && { fill: value[0] }) };
  },
  onnx: ({ opset, attributes: { padding, mode, value, channels }, inputs: [x] }) => {
    const [top, left, bottom, right] = padding;
    if (mode === "circular" && opset < 19) {
      return op("Identity", [goneRound(goneRound(x, 2, top, bottom), 3, left, right)]);
    }
    const pads = int64s(0, channels[0], top, left, 0, channels[1], bottom, right);
    const word = mode === "circular" ? "wrap" : mode;
    const by = (part: OnnxTensor | OnnxResult, number: number): OnnxResult =>
      op("Pad", [part, pads, constant(number)], { mode: { string: word } });
    if (value.length === 1) return by(x, value[0]);
    const channel = (c: number): OnnxResult =>
      op("Slice", [x, int64s(c), int64s(c + 1), int64s(CHANNEL)]);
    const padded = value.map((number, c) => by(channel(c), number));
    return op("Concat", padded, { axis: { int: CHANNEL } });
  },
});

/** The ends of an axis put before its start and the other way round. */
function goneRound(
  x: OnnxTensor | OnnxResult,
  axis: number,
  before: number,
  after: number,
): OnnxTensor | OnnxResult {
  if (before === 0 && after === 0) return x;
  const part = (start: number, end: number) =>
    op("Slice", [x, int64s(start), int64s(end), int64s(axis)]);
  const parts = [
    ...(before > 0 ? [part(-before, 2 ** 31 - 1)] : []),
    x,
    ...(after > 0 ? [part(0, after)] : []),
  ];
  return op("Concat", parts, { axis: { int: axis } });
}
