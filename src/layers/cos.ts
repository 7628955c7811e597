/** The cosine. */
import { cos as cosOf } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";

export const cos = activation({
  kind: "cos",
  category: "function",
  summary: "The cosine of each value, an angle in radians.",
  source: "PyTorch torch.cos",
  parameters: {},
  value: Math.cos,
  derivative: (x) => -Math.sin(x),
  element: cosOf,
  onnx: ({ inputs: [x] }) => op("Cos", [x]),
});
