/** Pixels added around a map: a constant, its mirror image, or its edge repeated. */
import { problem } from "../diagnostics/diagnostic.ts";
import type { Sides } from "../graph/attributes.ts";
import { atLeast } from "../graph/condition.ts";
import { type Dim, add, formatDim } from "../graph/dim.ts";
import { type Requirement, type ParameterValues } from "./layer.ts";
import { constant, int64s, op } from "./onnx.ts";
import { choice, float, sides } from "./parameters.ts";
import { conflict } from "./shared/arguments.ts";
import { type FeatureMap, SPATIAL, featureMap, mapType } from "./shared/map.ts";
import { rearrangement } from "./shared/rearrangement.ts";

const parameters = {
  padding: sides({ doc: "Pixels on each side: all, (height, width) or each.", min: 0 }),
  mode: choice(["constant", "reflect", "edge"], {
    doc: "`reflect` mirrors the map without its edge, `edge` repeats the last pixel.",
    default: "constant",
  }),
  value: float({ doc: "The constant.", default: 0 }),
};

type Mode = ParameterValues<typeof parameters>["mode"];

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
    default:
      return mode satisfies never;
  }
}

export const pad = rearrangement({
  kind: "pad",
  category: "shape",
  summary: "Adds pixels around a map.",
  source: "PyTorch torch.nn.functional.pad (whose `replicate` is `edge` here, as in ONNX)",
  parameters,
  shape: ({ padding, mode, value }, x) => {
    if (mode !== "constant" && value !== 0) {
      const text = `\`value: ${value}\` has no place in \`mode: ${mode}\``;
      return conflict("pad", text, "leave `value` out, or write `mode: constant`", "value");
    }
    const map = featureMap("pad", x);
    if ("code" in map) return map;
    const [top, left, bottom, right] = padding;
    const [height, width] = map.size;
    const size: readonly [Dim, Dim] = [add(height, top + bottom), add(width, left + right)];
    return {
      outputs: [mapType(map.batch, map.channels, size)],
      requires: mode === "reflect" ? mirrored(padding, map) : [],
    };
  },
  /** Of the pixels inside; what is mirrored or repeated sees those it copies. */
  receptiveField: ({ padding: [top, left] }) => ({
    size: [1, 1],
    stride: [1, 1],
    start: [0 - top, 0 - left],
  }),
  arrange: ({ padding: [top, left, bottom, right], mode, value }, shape) => {
    const [batch, channels, height, width] = shape;
    return {
      shape: [batch, channels, height + top + bottom, width + left + right],
      source: ([n, c, y, x]) => {
        const row = pixelAt(y - top, height, mode);
        const column = pixelAt(x - left, width, mode);
        return row === undefined || column === undefined ? undefined : [n, c, row, column];
      },
      constant: value,
    };
  },
  operation: ({ padding, mode, value }) => ({
    family: "pad",
    padding,
    mode: mode === "constant" ? { constant: value } : mode,
  }),
  onnx: ({ attributes: { padding, mode, value }, inputs: [x] }) => {
    const [top, left, bottom, right] = padding;
    const pads = int64s(0, 0, top, left, 0, 0, bottom, right);
    return op("Pad", [x, pads, constant(value)], { mode: { string: mode } });
  },
});
