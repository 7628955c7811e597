/** Rounding up. */
import { floor, negate } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";

export const ceil = activation({
  kind: "ceil",
  category: "function",
  summary: "Rounds up to a whole number.",
  source: "PyTorch torch.ceil",
  parameters: {},
  value: Math.ceil,
  derivative: () => 0,
  element: (x) => negate(floor(negate(x))),
  onnx: ({ inputs: [x] }) => op("Ceil", [x]),
});
