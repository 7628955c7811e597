/** A sigmoid of straight lines: MobileNetV3's. */
import { add, clamp, multiply } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { float } from "./parameters.ts";
import { activation } from "./shared/activation.ts";

export const hardSigmoid = activation({
  kind: "hard_sigmoid",
  summary: "A sigmoid of straight lines: alpha · x + beta, limited to 0 … 1.",
  source: "PyTorch Hardsigmoid; ONNX HardSigmoid; Howard et al., Searching for MobileNetV3, 2019",
  parameters: {
    alpha: float({ doc: "Slope between the bends.", default: 1 / 6 }),
    beta: float({ doc: "Value at 0.", default: 1 / 2 }),
  },
  value: (x, { alpha, beta }) => Math.min(Math.max(alpha * x + beta, 0), 1),
  /** PyTorch takes 0 at both bends. */
  derivative: (x, { alpha, beta }) => {
    const line = alpha * x + beta;
    return line > 0 && line < 1 ? alpha : 0;
  },
  element: (x, { alpha, beta }) => clamp(add(multiply(x, alpha), beta), 0, 1),
  onnx: ({ attributes: { alpha, beta }, inputs: [x] }) =>
    op("HardSigmoid", [x], { alpha: { float: alpha }, beta: { float: beta } }),
});
