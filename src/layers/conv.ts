/** Convolution (cross-correlation) of maps, with groups and dilation. */
import { defineLayer } from "./layer.ts";
import { bool, optionalSize, size } from "./parameters.ts";
import { statedChannels } from "./shared/channels.ts";
import {
  convolutionBackward,
  convolutionCost,
  convolutionOnnx,
  convolutionReference,
  convolutionShape,
  convolutionWeights,
} from "./shared/grouped-convolution.ts";
import { known } from "./shared/known.ts";
import { featureMap } from "./shared/map.ts";
import { windowOf } from "./shared/slide.ts";
import { windowParameters } from "./shared/window-parameters.ts";
import { windowField } from "./shared/window.ts";

export const conv = defineLayer({
  kind: "conv",
  category: "convolution",
  summary: "Slides learned kernels over a map [N, C, H, W]: one output channel for each.",
  source: "PyTorch Conv2d; Dumoulin and Visin, A guide to convolution arithmetic, 2016",
  inputs: ["x"],
  parameters: {
    out: size({ doc: "Number of output channels.", min: 1 }),
    ...windowParameters,
    groups: size({
      doc: "Parts into which the channels are cut; each output channel reads one part.",
      min: 1,
      default: 1,
    }),
    bias: bool({ doc: "Add a learned number to each output channel.", default: true }),
    in_channels: optionalSize({
      doc: "A checked statement of the input's channels; they follow from the input.",
      min: 1,
    }),
  },
  weights: (attributes, [x]) => convolutionWeights(attributes, x),
  shape: (attributes, [x]) => {
    const map = featureMap("conv", x);
    if ("code" in map) return map;
    const result = convolutionShape("conv", attributes, map);
    if ("code" in result) return result;
    const stated = statedChannels("conv", "in_channels", attributes.in_channels, x);
    return { outputs: result.outputs, requires: [...stated, ...result.requires] };
  },
  receptiveField: (attributes) => windowField(windowOf(attributes)),
  cost: (attributes, [x], [y]) => convolutionCost(attributes, x, y),
  reference: convolutionReference,
  gradient: { backward: convolutionBackward },
  tolerance: 1e-5,
  onnx: convolutionOnnx,
  lowering: {
    families: ["convolution"],
    operation: (attributes) => ({
      family: "convolution",
      ...windowOf(attributes),
      groups: known(attributes.groups),
    }),
  },
});
