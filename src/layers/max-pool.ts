/** Maximum over a sliding window. */
import { defineLayer, noWeights } from "./layer.ts";
import { maxPoolOnnx } from "./shared/onnx-pools.ts";
import {
  poolParameters,
  poolShape,
  poolTaps,
  roundingOf,
  slidingOf,
} from "./shared/pool-window.ts";
import { maximum, maximumBackward } from "./shared/pooling.ts";
import { windowOf } from "./shared/slide.ts";
import { windowField } from "./shared/window.ts";

export const maxPool = defineLayer({
  kind: "max_pool",
  category: "pooling",
  summary: "Takes the largest value of each window of a map [N, C, H, W].",
  source: "PyTorch MaxPool2d",
  inputs: ["x"],
  parameters: {
    kernel: poolParameters.kernel,
    stride: poolParameters.stride,
    padding: poolParameters.padding,
    dilation: poolParameters.dilation,
    ceil_mode: poolParameters.ceil_mode,
  },
  weights: noWeights,
  shape: (attributes, [x]) => poolShape("max_pool", attributes, x),
  receptiveField: (attributes) => windowField(windowOf(slidingOf(attributes))),
  cost: () => ({ macs: 0 }),
  reference: ({ attributes, inputs: [x] }) => ({ outputs: [maximum(x, poolTaps(attributes, x))] }),
  gradient: {
    backward: ({ attributes, inputs: [x], outputGradients: [dy] }) => ({
      inputs: [maximumBackward(x, poolTaps(attributes, x), dy)],
      weights: {},
    }),
  },
  tolerance: 1e-6,
  onnx: ({ attributes, inputs: [x] }) => {
    const window = windowOf(slidingOf(attributes));
    return maxPoolOnnx(x, window, roundingOf(attributes));
  },
  lowering: {
    families: ["window_pool"],
    operation: (attributes) => ({
      family: "window_pool",
      reduce: "max",
      ...windowOf(slidingOf(attributes)),
      countPadding: false,
    }),
  },
});
