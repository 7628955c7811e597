/** Sigmoid linear unit, also called swish. */
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";
import { logistic, timesLogistic } from "./shared/sigmoid.ts";

export const silu = activation({
  kind: "silu",
  summary: "Multiplies each value by its sigmoid: x · sigmoid(x).",
  source: "PyTorch SiLU; Ramachandran, Zoph, Le, Searching for Activation Functions, 2017",
  parameters: {},
  value: (x) => x * logistic(x),
  derivative: (x) => logistic(x) * (1 + x * logistic(-x)),
  element: (x) => timesLogistic(x, x),
  onnx: ({ inputs: [x] }) => op("Mul", [x, op("Sigmoid", [x])]),
});
