/** The natural logarithm. */
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";
import { logarithm } from "./shared/logarithm.ts";

export const log = activation({
  kind: "log",
  category: "function",
  summary: "The natural logarithm; not a number below 0.",
  source: "PyTorch torch.log",
  parameters: {},
  value: Math.log,
  derivative: (x) => 1 / x,
  element: logarithm,
  onnx: ({ inputs: [x] }) => op("Log", [x]),
});
