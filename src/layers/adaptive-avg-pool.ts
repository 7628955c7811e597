/** Means over the parts of a map: an output of the same size for every image. */
import { defineLayer, noWeights } from "./layer.ts";
import {
  adaptiveField,
  adaptiveParameters,
  adaptiveShape,
  adaptiveTapsOf,
} from "./shared/adaptive.ts";
import { adaptiveOnnx } from "./shared/onnx-adaptive.ts";
import { mean, meanBackward, tapCount } from "./shared/pooling.ts";

export const adaptiveAvgPool = defineLayer({
  kind: "adaptive_avg_pool",
  category: "pooling",
  summary: "Cuts a map [N, C, H, W] into the given number of parts and takes the mean of each.",
  source: "PyTorch AdaptiveAvgPool2d",
  inputs: ["x"],
  parameters: adaptiveParameters,
  weights: noWeights,
  shape: ({ output_size }, [x]) => adaptiveShape("adaptive_avg_pool", output_size, x),
  receptiveField: ({ output_size }, [x]) => adaptiveField(output_size, x),
  cost: () => ({ macs: 0 }),
  reference: ({ attributes, inputs: [x] }) => {
    const taps = adaptiveTapsOf(attributes.output_size, x);
    return { outputs: [mean(x, taps, tapCount(taps))] };
  },
  gradient: {
    backward: ({ attributes, inputs: [x], outputGradients: [dy] }) => {
      const taps = adaptiveTapsOf(attributes.output_size, x);
      return { inputs: [meanBackward(x, taps, tapCount(taps), dy)], weights: {} };
    },
  },
  tolerance: 1e-6,
  onnx: ({ opset, attributes, inputs: [x] }) =>
    adaptiveOnnx("average", attributes.output_size, x, opset),
  lowering: {
    families: ["adaptive_pool"],
    operation: () => ({ family: "adaptive_pool", reduce: "average" }),
  },
});
