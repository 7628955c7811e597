/** A bounded activation like tanh, made without exponentials. */
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";

export const softsign = activation({
  kind: "softsign",
  summary: "Maps values to -1 … 1: x / (1 + |x|).",
  source: "PyTorch Softsign",
  parameters: {},
  value: (x) => x / (1 + Math.abs(x)),
  derivative: (x) => 1 / (1 + Math.abs(x)) ** 2,
  onnx: ({ inputs: [x] }) => op("Softsign", [x]),
});
