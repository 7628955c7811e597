/**
 * Adaptive instance normalisation: the content's own statistics are replaced by a style's.
 * As in StyleGAN (Karras et al., 2019: `instance_norm` and `style_mod` of its
 * `networks_stylegan.py`), the style holds the scale's difference from 1, then the shift:
 * `y = (x - mean) / sqrt(variance + eps) · (1 + style[:, :C]) + style[:, C:]`.
 */
import { problem } from "../diagnostics/diagnostic.ts";
import { equals } from "../graph/condition.ts";
import { formatDim, mul } from "../graph/dim.ts";
import { type Tensor, zeros } from "../graph/tensor.ts";
import { defineLayer, noWeights } from "./layer.ts";
import { constant, int64s, op } from "./onnx.ts";
import { float } from "./parameters.ts";
import { featureMap } from "./shared/map.ts";
import {
  type Normalization,
  groupAlong,
  normalize,
  normalizeBackward,
} from "./shared/normalization.ts";
import { splitOnnx } from "./shared/onnx-split.ts";
import { standardizedChannels } from "./shared/onnx-statistics.ts";
import { wrongRank } from "./shared/rank.ts";
import { severalPixels, statisticsCost } from "./shared/statistics.ts";

/** `style` [N, 2·C] as a scale and a shift for each channel of each image. */
function normalizationOf(content: Tensor, style: Tensor, eps: number): Normalization {
  const [batch, channels] = content.shape;
  const scale = new Float64Array(batch * channels);
  const shift = new Float64Array(batch * channels);
  for (let n = 0; n < batch; n++) {
    for (let c = 0; c < channels; c++) {
      scale[n * channels + c] = 1 + style.data[2 * n * channels + c];
      shift[n * channels + c] = style.data[(2 * n + 1) * channels + c];
    }
  }
  const groups = groupAlong(content.shape, [0, 1]);
  return { groups, eps, affine: { groups, scale, shift } };
}

export const adain = defineLayer({
  kind: "adain",
  category: "normalization",
  summary: "Normalises each channel of each image, then scales and shifts it as a style says.",
  source: "Karras et al., StyleGAN, 2019; Huang and Belongie, 2017",
  inputs: ["content", "style"],
  parameters: {
    eps: float({
      doc: "Added to the variance before the root; StyleGAN's value.",
      min: 0,
      default: 1e-8,
    }),
  },
  weights: noWeights,
  shape: (_, [content, style]) => {
    const map = featureMap("adain", content);
    if ("code" in map) return map;
    if (style.shape.length !== 2) {
      return {
        ...wrongRank("adain", "a style [N, 2·C]", style),
        blame: [{ input: 1 }],
      };
    }
    const [images, features] = style.shape;
    const needed = mul(2, map.channels);
    return {
      outputs: [content],
      requires: [
        {
          condition: equals(images, map.batch),
          problem: {
            ...problem("CNN2012", {
              axis: "images",
              needs: formatDim(map.batch),
              gets: formatDim(images),
            }),
            blame: [
              { input: 0, axis: 0 },
              { input: 1, axis: 0 },
            ],
          },
        },
        {
          condition: equals(features, needed),
          problem: {
            ...problem("CNN2012", {
              axis: "scales and shifts",
              needs: formatDim(needed),
              gets: formatDim(features),
            }),
            blame: [
              { input: 0, axis: 1 },
              { input: 1, axis: 1 },
            ],
          },
        },
        ...severalPixels("adain", content),
      ],
    };
  },
  receptiveField: () => "global",
  cost: (_, [content]) => statisticsCost(content),
  reference: ({ attributes: { eps }, inputs: [content, style] }) => ({
    outputs: [normalize(content, normalizationOf(content, style, eps))],
  }),
  gradient: {
    backward: ({ attributes: { eps }, inputs: [content, style], outputGradients: [dy] }) => {
      const [batch, channels] = content.shape;
      const gradients = normalizeBackward(content, normalizationOf(content, style, eps), dy);
      const dStyle = zeros(style.shape);
      for (let n = 0; n < batch; n++) {
        const image = [n * channels, (n + 1) * channels] as const;
        dStyle.data.set(gradients.scale.subarray(...image), 2 * n * channels);
        dStyle.data.set(gradients.shift.subarray(...image), (2 * n + 1) * channels);
      }
      return { inputs: [gradients.x, dStyle], weights: {} };
    },
  },
  tolerance: 1e-5,
  onnx: ({ opset, attributes: { eps }, inputs: [content, style] }) => {
    const normalized = standardizedChannels(content, eps, opset);
    const half = content.shape[1];
    const halves = splitOnnx(style, 1, [half, half], opset);
    const [scale, shift] = halves.map((vector) => op("Unsqueeze", [vector, int64s(2, 3)]));
    return op("Add", [op("Mul", [normalized, op("Add", [scale, constant(1)])]), shift]);
  },
  lowering: {
    families: ["normalization"],
    operation: ({ eps }) => ({ family: "normalization", axes: [2, 3], eps, affine: "style" }),
  },
});
