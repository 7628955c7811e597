/** The largest value of each channel. */
import { defineLayer, noWeights } from "./layer.ts";
import { op } from "./onnx.ts";
import { ONE_PIXEL, adaptiveShape, adaptiveTapsOf } from "./shared/adaptive.ts";
import { maximum, maximumBackward } from "./shared/pooling.ts";

export const globalMaxPool = defineLayer({
  kind: "global_max_pool",
  category: "pooling",
  summary: "Takes the largest value of each channel of a map: [N, C, H, W] becomes [N, C, 1, 1].",
  source: "ONNX GlobalMaxPool",
  inputs: ["x"],
  parameters: {},
  weights: noWeights,
  shape: (_, [x]) => adaptiveShape("global_max_pool", ONE_PIXEL, x),
  receptiveField: () => "global",
  cost: () => ({ macs: 0 }),
  reference: ({ inputs: [x] }) => ({ outputs: [maximum(x, adaptiveTapsOf(ONE_PIXEL, x))] }),
  gradient: {
    backward: ({ inputs: [x], outputGradients: [dy] }) => ({
      inputs: [maximumBackward(x, adaptiveTapsOf(ONE_PIXEL, x), dy)],
      weights: {},
    }),
  },
  tolerance: 1e-6,
  onnx: ({ inputs: [x] }) => op("GlobalMaxPool", [x]),
  lowering: {
    families: ["adaptive_pool"],
    operation: () => ({ family: "adaptive_pool", reduce: "max" }),
  },
});
