/** A bounded activation like tanh, made without exponentials. */
import { abs, add, divide } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";

export const softsign = activation({
  kind: "softsign",
  summary: "Maps values to -1 … 1: x / (1 + |x|).",
  source: "PyTorch Softsign",
  parameters: {},
  value: (x) => x / (1 + Math.abs(x)),
  derivative: (x) => 1 / (1 + Math.abs(x)) ** 2,
  element: (x) => divide(x, add(1, abs(x))),
  onnx: ({ inputs: [x] }) => op("Softsign", [x]),
});
