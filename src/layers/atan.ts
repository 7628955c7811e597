/** The inverse of the tangent. */
import { atan as atanOf } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";

export const atan = activation({
  kind: "atan",
  category: "function",
  summary: "The angle whose tangent is x, -π/2 … π/2.",
  source: "PyTorch torch.atan",
  parameters: {},
  value: Math.atan,
  derivative: (x) => 1 / (1 + x * x),
  element: atanOf,
  onnx: ({ inputs: [x] }) => op("Atan", [x]),
});
