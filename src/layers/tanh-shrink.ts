/** What tanh takes off: nearly nothing of small values. */
import { subtract, tanh } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";

export const tanhShrink = activation({
  kind: "tanh_shrink",
  summary: "Subtracts its tanh from each value: x - tanh(x).",
  source: "PyTorch Tanhshrink",
  parameters: {},
  value: (x) => x - Math.tanh(x),
  derivative: (x) => Math.tanh(x) ** 2,
  element: (x) => subtract(x, tanh(x)),
  onnx: ({ inputs: [x] }) => op("Sub", [x, op("Tanh", [x])]),
});
