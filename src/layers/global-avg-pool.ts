/** The mean of each channel. */
import { defineLayer, noWeights } from "./layer.ts";
import { op } from "./onnx.ts";
import { ONE_PIXEL, adaptiveShape, adaptiveTapsOf } from "./shared/adaptive.ts";
import { mean, meanBackward, tapCount } from "./shared/pooling.ts";

export const globalAvgPool = defineLayer({
  kind: "global_avg_pool",
  category: "pooling",
  summary: "Takes the mean of each channel of a map: [N, C, H, W] becomes [N, C, 1, 1].",
  source: "ONNX GlobalAveragePool; Lin et al., Network in Network, 2014",
  inputs: ["x"],
  parameters: {},
  weights: noWeights,
  shape: (_, [x]) => adaptiveShape("global_avg_pool", ONE_PIXEL, x),
  receptiveField: () => "global",
  cost: () => ({ macs: 0 }),
  reference: ({ inputs: [x] }) => {
    const taps = adaptiveTapsOf(ONE_PIXEL, x);
    return { outputs: [mean(x, taps, tapCount(taps))] };
  },
  gradient: {
    backward: ({ inputs: [x], outputGradients: [dy] }) => {
      const taps = adaptiveTapsOf(ONE_PIXEL, x);
      return { inputs: [meanBackward(x, taps, tapCount(taps), dy)], weights: {} };
    },
  },
  tolerance: 1e-6,
  onnx: ({ inputs: [x] }) => op("GlobalAveragePool", [x]),
  lowering: {
    families: ["adaptive_pool"],
    operation: () => ({ family: "adaptive_pool", reduce: "average" }),
  },
});
