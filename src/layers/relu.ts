/** Rectified linear unit: `max(x, 0)`. */
import { max } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";

export const relu = activation({
  kind: "relu",
  summary: "Replaces negative values by zero.",
  source: "PyTorch ReLU",
  parameters: {},
  value: (x) => Math.max(x, 0),
  /** PyTorch takes 0 at x = 0. */
  derivative: (x) => (x > 0 ? 1 : 0),
  element: (x) => max(x, 0),
  onnx: ({ inputs: [x] }) => op("Relu", [x]),
});
