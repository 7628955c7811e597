/** The logistic function. */
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";
import { logistic, logisticElement } from "./shared/sigmoid.ts";

export const sigmoid = activation({
  kind: "sigmoid",
  summary: "Maps values to 0 … 1: 1 / (1 + exp(-x)).",
  source: "PyTorch Sigmoid",
  parameters: {},
  value: logistic,
  derivative: (x) => logistic(x) * logistic(-x),
  element: (x) => logisticElement(x),
  onnx: ({ inputs: [x] }) => op("Sigmoid", [x]),
});
