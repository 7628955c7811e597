/** The sine. */
import { sin as sinOf } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";

export const sin = activation({
  kind: "sin",
  category: "function",
  summary: "The sine of each value, an angle in radians.",
  source: "PyTorch torch.sin",
  parameters: {},
  value: Math.sin,
  derivative: Math.cos,
  element: sinOf,
  onnx: ({ inputs: [x] }) => op("Sin", [x]),
});
