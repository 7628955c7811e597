/** The hyperbolic tangent. */
import { tanh as tanhOf } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";

export const tanh = activation({
  kind: "tanh",
  summary: "Maps values to -1 … 1.",
  source: "PyTorch Tanh",
  parameters: {},
  value: Math.tanh,
  derivative: (x) => 1 - Math.tanh(x) ** 2,
  element: (x) => tanhOf(x),
  onnx: ({ inputs: [x] }) => op("Tanh", [x]),
});
