/** The operator `+` on two tensors. */
import { add as sum } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { arithmetic } from "./shared/arithmetic.ts";

export const add = arithmetic({
  kind: "add",
  summary: "Adds two tensors element by element; sizes of 1 stretch.",
  source: "PyTorch torch.add",
  value: (a, b) => a + b,
  derivatives: () => [1, 1],
  element: sum,
  onnx: (inputs) => op("Add", inputs),
});
