/** The tangent. */
import { cos, divide, sin } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";

export const tan = activation({
  kind: "tan",
  category: "function",
  summary: "The tangent of each value, an angle in radians.",
  source: "PyTorch torch.tan",
  parameters: {},
  value: Math.tan,
  derivative: (x) => 1 + Math.tan(x) ** 2,
  element: (x) => divide(sin(x), cos(x)),
  onnx: ({ inputs: [x] }) => op("Tan", [x]),
});
