/** The layer that does nothing: a default for parameters of type `layer`. */
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";

export const identity = activation({
  kind: "identity",
  category: "shape",
  summary: "Passes its input on.",
  source: "PyTorch Identity",
  parameters: {},
  value: (x) => x,
  derivative: () => 1,
  tolerance: 0,
  element: (x) => x,
  onnx: ({ inputs: [x] }) => op("Identity", [x]),
  operation: { family: "view" },
});
