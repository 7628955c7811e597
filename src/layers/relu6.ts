/** Rectified linear unit with a ceiling: MobileNet's, made for low precision. */
import { clamp } from "../graph/element.ts";
import { constant, op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";

export const relu6 = activation({
  kind: "relu6",
  summary: "Limits values to 0 … 6.",
  source: "PyTorch ReLU6; Howard et al., MobileNets, 2017",
  parameters: {},
  value: (x) => Math.min(Math.max(x, 0), 6),
  /** PyTorch takes 0 at both ends. */
  derivative: (x) => (x > 0 && x < 6 ? 1 : 0),
  element: (x) => clamp(x, 0, 6),
  onnx: ({ inputs: [x] }) => op("Clip", [x, constant(0), constant(6)]),
});
