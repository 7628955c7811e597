/** The operator `*` on two tensors: gates, such as squeeze-and-excitation's. */
import { multiply } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { arithmetic } from "./shared/arithmetic.ts";

export const mul = arithmetic({
  kind: "mul",
  summary: "Multiplies two tensors element by element; sizes of 1 stretch, as a gate's.",
  source: "PyTorch torch.mul",
  value: (a, b) => a * b,
  derivatives: (a, b) => [b, a],
  element: multiply,
  onnx: (inputs) => op("Mul", inputs),
});
