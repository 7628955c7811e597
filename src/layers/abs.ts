/** The size of each value, without its sign. */
import { abs as size } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";

export const abs = activation({
  kind: "abs",
  category: "function",
  summary: "Takes the sign away: |x|.",
  source: "PyTorch torch.abs",
  parameters: {},
  value: Math.abs,
  /** PyTorch takes 0 at x = 0. */
  derivative: Math.sign,
  element: size,
  onnx: ({ inputs: [x] }) => op("Abs", [x]),
});
