/** A sigmoid of straight lines: MobileNetV3's. */
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";

export const hardSigmoid = activation({
  kind: "hard_sigmoid",
  summary: "A sigmoid of straight lines: x / 6 + 1/2, limited to 0 … 1.",
  source: "PyTorch Hardsigmoid; Howard et al., Searching for MobileNetV3, 2019",
  parameters: {},
  value: (x) => Math.min(Math.max(x + 3, 0), 6) / 6,
  /** PyTorch takes 0 at both bends. */
  derivative: (x) => (x > -3 && x < 3 ? 1 / 6 : 0),
  onnx: ({ inputs: [x] }) =>
    op("HardSigmoid", [x], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } }),
});
