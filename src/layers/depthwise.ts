/**
 * Depthwise convolution: every input channel has kernels of its own. It is `conv` with one
 * group a channel, written so that the number of channels need not be said.
 */
import { type Dim, mul } from "../graph/dim.ts";
import { type ParameterValues, defineLayer } from "./layer.ts";
import { bool, size } from "./parameters.ts";
import {
  type ConvolutionAttributes,
  convolutionBackward,
  convolutionCost,
  convolutionOnnx,
  convolutionReference,
  convolutionShape,
  convolutionWeights,
} from "./shared/grouped-convolution.ts";
import { featureMap } from "./shared/map.ts";
import { windowOf } from "./shared/slide.ts";
import { windowParameters } from "./shared/window-parameters.ts";
import { windowField } from "./shared/window.ts";

const parameters = {
  ...windowParameters,
  multiplier: size({ doc: "Output channels for each input channel.", min: 1, default: 1 }),
  bias: bool({ doc: "Add a learned number to each output channel.", default: true }),
};

/** The same layer in the terms of `conv`, for an input of `channels`. */
function asConvolution(
  attributes: ParameterValues<typeof parameters>,
  channels: Dim,
): ConvolutionAttributes {
  return { ...attributes, out: mul(channels, attributes.multiplier), groups: channels };
}

export const depthwise = defineLayer({
  kind: "depthwise",
  category: "convolution",
  summary: "Slides kernels over each channel of a map [N, C, H, W] by itself.",
  source: "Chollet, Xception, 2017; PyTorch Conv2d with groups = in_channels",
  inputs: ["x"],
  parameters,
  weights: (attributes, [x]) => convolutionWeights(asConvolution(attributes, x.shape[1]), x),
  shape: (attributes, [x]) => {
    const map = featureMap("depthwise", x);
    if ("code" in map) return map;
    return convolutionShape("depthwise", asConvolution(attributes, map.channels), map);
  },
  receptiveField: (attributes) => windowField(windowOf(attributes)),
  cost: (attributes, [x], [y]) => convolutionCost(asConvolution(attributes, x.shape[1]), x, y),
  reference: (call) =>
    convolutionReference({
      ...call,
      attributes: asConvolution(call.attributes, call.inputs[0].shape[1]),
    }),
  gradient: {
    backward: (call) =>
      convolutionBackward({
        ...call,
        attributes: asConvolution(call.attributes, call.inputs[0].shape[1]),
      }),
  },
  tolerance: 1e-5,
  onnx: (call) =>
    convolutionOnnx({
      ...call,
      attributes: asConvolution(call.attributes, call.inputs[0].shape[1]),
    }),
  lowering: {
    families: ["convolution"],
    operation: (attributes, [[, channels]]) => ({
      family: "convolution",
      ...windowOf(attributes),
      groups: channels,
    }),
  },
});
