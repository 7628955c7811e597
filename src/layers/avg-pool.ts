/** Mean over a sliding window. */
import type { Tensor } from "../graph/tensor.ts";
import { type ParameterValues, defineLayer, noWeights } from "./layer.ts";
import { bool } from "./parameters.ts";
import { averagePoolOnnx } from "./shared/onnx-pools.ts";
import {
  poolParameters,
  poolShape,
  poolTaps,
  roundingOf,
  slidingOf,
} from "./shared/pool-window.ts";
import { type Divisor, mean, meanBackward, tapCount } from "./shared/pooling.ts";
import { windowOf } from "./shared/slide.ts";
import { countedTaps, windowField } from "./shared/window.ts";

const parameters = {
  kernel: poolParameters.kernel,
  stride: poolParameters.stride,
  padding: poolParameters.padding,
  ceil_mode: poolParameters.ceil_mode,
  count_include_pad: bool({
    doc: "Divide by the padding's places too, as if zeros stood there.",
    default: true,
  }),
  dilation: poolParameters.dilation,
};

type AvgPoolAttributes = ParameterValues<typeof parameters>;

/** Counted padding ends with the padded map: what `ceil_mode` reaches beyond it never counts. */
function divisorOf(attributes: AvgPoolAttributes, x: Tensor): Divisor {
  if (!attributes.count_include_pad) return tapCount(poolTaps(attributes, x));
  const window = windowOf(slidingOf(attributes));
  const [, , height, width] = x.shape;
  return (row, column) =>
    countedTaps(window, 0, height, row) * countedTaps(window, 1, width, column);
}

export const avgPool = defineLayer({
  kind: "avg_pool",
  category: "pooling",
  summary: "Takes the mean of each window of a map [N, C, H, W].",
  source: "PyTorch AvgPool2d; ONNX AveragePool",
  inputs: ["x"],
  parameters,
  weights: noWeights,
  shape: (attributes, [x]) => poolShape("avg_pool", attributes, x),
  receptiveField: (attributes) => windowField(windowOf(slidingOf(attributes))),
  cost: () => ({ macs: 0 }),
  reference: ({ attributes, inputs: [x] }) => ({
    outputs: [mean(x, poolTaps(attributes, x), divisorOf(attributes, x))],
  }),
  gradient: {
    backward: ({ attributes, inputs: [x], outputGradients: [dy] }) => {
      const taps = poolTaps(attributes, x);
      return { inputs: [meanBackward(x, taps, divisorOf(attributes, x), dy)], weights: {} };
    },
  },
  tolerance: 1e-6,
  onnx: ({ opset, attributes, inputs: [x] }) => {
    const window = windowOf(slidingOf(attributes));
    const { count_include_pad: counts } = attributes;
    return averagePoolOnnx(x, { window, rounding: roundingOf(attributes), counts }, opset);
  },
  lowering: {
    families: ["window_pool"],
    operation: (attributes) => ({
      family: "window_pool",
      reduce: "average",
      ...windowOf(slidingOf(attributes)),
      countPadding: attributes.count_include_pad,
    }),
  },
});
