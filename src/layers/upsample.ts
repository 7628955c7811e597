/** Maps made larger or smaller, by a factor or to a size. */
import { type Problem, problem } from "../diagnostics/diagnostic.ts";
import { atLeast } from "../graph/condition.ts";
import { type Dim, formatDim, mul, product, scaleDim } from "../graph/dim.ts";
import { type Tensor, zeros } from "../graph/tensor.ts";
import { type ParameterValues, type Requirement, defineLayer, noWeights } from "./layer.ts";
import {
  bool,
  choice,
  float,
  optionalBool,
  optionalChoice,
  optionalFloats,
  optionalScales,
  optionalSizes,
} from "./parameters.ts";
import { conflict } from "./shared/arguments.ts";
import { known } from "./shared/known.ts";
import { type FeatureMap, SPATIAL, featureMap, mapType } from "./shared/map.ts";
import { upsampleOnnx } from "./shared/onnx-upsample.ts";
import {
  COORDINATES,
  ROUNDINGS,
  type Sampling,
  axisTaps,
  samplingField,
  scaleFraction,
  tapsAlong,
  tapsOf,
} from "./shared/sampling.ts";

const parameters = {
  scale: optionalScales({ doc: "Factor of the size: `2`, `1.5`, `(2, 1)`." }),
  size: optionalSizes({ doc: "Size of the output: `(H, W)`, `(skip.height, skip.width)`." }),
  mode: choice(["nearest", "bilinear", "bicubic"], {
    doc: "`nearest` repeats pixels, `bilinear` interpolates between four, `bicubic` between sixteen.",
    default: "nearest",
  }),
  align_corners: bool({
    doc: "Corner pixels keep their centres, so that distances stretch; not for `nearest`.",
    default: false,
  }),
  coordinates: optionalChoice(COORDINATES, {
    doc:
      "Where an output pixel lies in the input, by ONNX's names; unless given PyTorch's way: " +
      "`asymmetric` for `nearest`, else `half_pixel`.",
  }),
  rounding: choice(ROUNDINGS, { doc: "Which pixel is the nearest.", default: "floor" }),
  cubic_coeff: float({ doc: "The coefficient of the cubic.", default: -0.75 }),
  exclude_outside: optionalBool({
    doc:
      "Leave pixels outside of the map out of a sum, instead of repeating its edge; " +
      "unless given as `antialias`, which is PyTorch's way.",
  }),
  antialias: bool({
    doc: "Of a map that is made smaller, let all pixels count.",
    default: false,
  }),
  roi: optionalFloats(
    { doc: "For `tf_crop_and_resize`: the part that is resized, in shares of height and width." },
    ["top", "left", "bottom", "right"],
  ),
  extrapolation_value: float({
    doc: "For `tf_crop_and_resize`: pixels outside of the map.",
    default: 0,
  }),
};

type Attributes = ParameterValues<typeof parameters>;
type Coordinates = Sampling["coordinates"];

function wrongArguments(attributes: Attributes): Problem | undefined {
  const { scale, size, mode, align_corners } = attributes;
  if (scale === null && size === null) {
    const remedy = "write `upsample(2)`, or `upsample(size: (H, W))`";
    return conflict("upsample", "neither `scale` nor `size` is given", remedy, "scale");
  }
  if (scale !== null && size !== null) {
    return conflict("upsample", "both `scale` and `size` are given", "leave one out", "size");
  }
  if (align_corners && mode === "nearest") {
    const remedy = "write `mode: bilinear`, or leave `align_corners` out";
    return conflict("upsample", "`nearest` has no corners to align", remedy, "align_corners");
  }
  return wrongCoordinates(attributes);
}

function wrongCoordinates(attributes: Attributes): Problem | undefined {
  const { mode, align_corners, coordinates, roi, antialias } = attributes;
  if (align_corners && coordinates !== null) {
    const text = "both `align_corners` and `coordinates` say where pixels lie";
    return conflict("upsample", text, "leave one out", "coordinates");
  }
  if ((coordinates === "tf_crop_and_resize") !== (roi !== null)) {
    const text = "`roi` and `coordinates: tf_crop_and_resize` need each other";
    return conflict("upsample", text, "give both or none", roi === null ? "coordinates" : "roi");
  }
  if (antialias && mode === "nearest") {
    const text = "`nearest` takes one pixel, so that nothing is smoothed";
    return conflict("upsample", text, "write `mode: bilinear` or `bicubic`", "antialias");
  }
  return undefined;
}

function outputSize(
  { scale, size }: Attributes,
  [height, width]: readonly [Dim, Dim],
): readonly [Dim, Dim] {
  if (size !== null) return size;
  const [rows, columns] = scale ?? [1, 1];
  return [scaleDim(height, scaleFraction(rows)), scaleDim(width, scaleFraction(columns))];
}

/** Of a map that is made smaller, something must be left. */
function leavesSomething(attributes: Attributes, map: FeatureMap): readonly Requirement[] {
  const output = outputSize(attributes, map.size);
  return SPATIAL.map(({ index, name }) => {
    const scale = attributes.scale?.[index] ?? 1;
    const facts = { axis: name, size: formatDim(map.size[index]), scale };
    return {
      condition: atLeast(output[index], 1),
      problem: { ...problem("CNN2062", facts), blame: [{ input: 0, axis: index + 2 }] },
    };
  });
}

function coordinatesOf({ mode, align_corners, coordinates }: Attributes): Coordinates {
  if (coordinates !== null) return coordinates;
  if (mode === "nearest") return "asymmetric";
  return align_corners ? "align_corners" : "half_pixel";
}

/** Along the height and along the width. */
function samplings(
  attributes: Attributes,
  { shape: [, , height, width] }: { readonly shape: readonly Dim[] },
): readonly [Sampling, Sampling] {
  const size: readonly [Dim, Dim] = [height, width];
  const output = outputSize(attributes, size);
  const along = (index: 0 | 1): Sampling => ({
    input: size[index],
    output: output[index],
    scale: attributes.scale?.[index] ?? null,
    mode: attributes.mode,
    coordinates: coordinatesOf(attributes),
    rounding: attributes.rounding,
    cubic: attributes.cubic_coeff,
    excludeOutside: attributes.exclude_outside ?? attributes.antialias,
    antialias: attributes.antialias,
    region: [attributes.roi?.[index] ?? 0, attributes.roi?.[index + 2] ?? 1],
  });
  return [along(0), along(1)];
}

/** Calls `use` for every product: which output pixel takes how much of which input pixel. */
function sample(
  attributes: Attributes,
  x: Tensor,
  use: (output: number, input: number, weight: number) => void,
): void {
  const [batch, channels, height, width] = x.shape;
  const [vertical, horizontal] = samplings(attributes, x);
  const [rows, columns] = [known(vertical.output), known(horizontal.output)];
  const [rowTaps, columnTaps] = [tapsOf(vertical), tapsOf(horizontal)];
  for (let plane = 0; plane < batch * channels; plane++) {
    for (const row of rowTaps) {
      for (const column of columnTaps) {
        const output = (plane * rows + row.output) * columns + column.output;
        const input = (plane * height + row.input) * width + column.input;
        use(output, input, row.weight * column.weight);
      }
    }
  }
}

/** Writes what stands outside of the map; pixels inside are sums, which begin with 0. */
function fillOutside(attributes: Attributes, x: Tensor, y: Tensor): void {
  const inside = new Set<number>();
  sample(attributes, x, (output) => void inside.add(output));
  y.data.forEach((_, at) => {
    y.data[at] = inside.has(at) ? 0 : attributes.extrapolation_value;
  });
}

export const upsample = defineLayer({
  kind: "upsample",
  category: "resampling",
  summary: "Makes a map larger (or smaller) by a factor or to a size.",
  source: "PyTorch Upsample, torch.nn.functional.interpolate; ONNX Resize",
  inputs: ["x"],
  parameters,
  weights: noWeights,
  shape: (attributes, [x]) => {
    const wrong = wrongArguments(attributes);
    if (wrong !== undefined) return wrong;
    const map = featureMap("upsample", x);
    if ("code" in map) return map;
    return {
      outputs: [mapType(map.batch, map.channels, outputSize(attributes, map.size))],
      requires: leavesSomething(attributes, map),
    };
  },
  receptiveField: (attributes, [x]) => samplingField(samplings(attributes, x)),
  /** A bilinear pixel is a weighted sum of four. */
  cost: (attributes, [x], [y]) => {
    const [down, across] = samplings(attributes, x).map(tapsAlong);
    return { macs: attributes.mode === "nearest" ? 0 : mul(down * across, product(y.shape)) };
  },
  reference: ({ attributes, inputs: [x] }) => {
    const [batch, channels] = x.shape;
    const size = samplings(attributes, x).map(({ output }) => known(output));
    const y = zeros([batch, channels, ...size]);
    if (attributes.extrapolation_value !== 0) fillOutside(attributes, x, y);
    sample(attributes, x, (output, input, weight) => {
      y.data[output] += weight * x.data[input];
    });
    return { outputs: [y] };
  },
  gradient: {
    backward: ({ attributes, inputs: [x], outputGradients: [dy] }) => {
      const dx = zeros(x.shape);
      sample(attributes, x, (output, input, weight) => {
        dx.data[input] += weight * dy.data[output];
      });
      return { inputs: [dx], weights: {} };
    },
  },
  tolerance: 1e-5,
  onnx: ({ attributes, inputs: [x], shapes: [shape], opset }) =>
    upsampleOnnx(
      x,
      {
        ...attributes,
        coordinates: coordinatesOf(attributes),
        samplings: samplings(attributes, x),
        shape,
      },
      opset,
    ),
  lowering: {
    families: ["resample"],
    operation: (attributes, [shape]) => {
      const [rows, columns] = samplings(attributes, { shape }).map(axisTaps);
      const { extrapolation_value: outside } = attributes;
      return { family: "resample", rows, columns, ...(outside !== 0 && { outside }) };
    },
  },
});
