/** Maxima over the parts of a map: an output of the same size for every image. */
import { defineLayer, noWeights } from "./layer.ts";
import {
  adaptiveField,
  adaptiveParameters,
  adaptiveShape,
  adaptiveTapsOf,
} from "./shared/adaptive.ts";
import { adaptiveOnnx } from "./shared/onnx-adaptive.ts";
import { maximum, maximumBackward } from "./shared/pooling.ts";

export const adaptiveMaxPool = defineLayer({
  kind: "adaptive_max_pool",
  category: "pooling",
  summary:
    "Cuts a map [N, C, H, W] into the given number of parts and takes the largest value of each.",
  source: "PyTorch AdaptiveMaxPool2d",
  inputs: ["x"],
  parameters: adaptiveParameters,
  weights: noWeights,
  shape: ({ output_size }, [x]) => adaptiveShape("adaptive_max_pool", output_size, x),
  receptiveField: ({ output_size }, [x]) => adaptiveField(output_size, x),
  cost: () => ({ macs: 0 }),
  reference: ({ attributes, inputs: [x] }) => ({
    outputs: [maximum(x, adaptiveTapsOf(attributes.output_size, x))],
  }),
  gradient: {
    backward: ({ attributes, inputs: [x], outputGradients: [dy] }) => ({
      inputs: [maximumBackward(x, adaptiveTapsOf(attributes.output_size, x), dy)],
      weights: {},
    }),
  },
  tolerance: 1e-6,
  onnx: ({ opset, attributes, inputs: [x] }) =>
    adaptiveOnnx("max", attributes.output_size, x, opset),
  lowering: {
    families: ["adaptive_pool"],
    operation: () => ({ family: "adaptive_pool", reduce: "max" }),
  },
});
