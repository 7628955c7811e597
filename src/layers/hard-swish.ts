/** A swish of simple arithmetic: MobileNetV3's. */
import { add, clamp, multiply } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";

export const hardSwish = activation({
  kind: "hard_swish",
  summary: "Multiplies each value by its hard sigmoid.",
  source: "PyTorch Hardswish; Howard et al., Searching for MobileNetV3, 2019",
  parameters: {},
  value: (x) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6,
  /** Both bends count to the curve between them, as in PyTorch's scalar kernel. */
  derivative: (x) => {
    if (x < -3) return 0;
    return x <= 3 ? x / 3 + 1 / 2 : 1;
  },
  element: (x) => multiply(x, clamp(add(multiply(x, 1 / 6), 0.5), 0, 1)),
  onnx: ({ opset, inputs: [x] }) =>
    opset >= 14
      ? op("HardSwish", [x])
      : op("Mul", [x, op("HardSigmoid", [x], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } })]),
});
