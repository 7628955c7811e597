/** Rounding down. */
import { floor as floorOf } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";

export const floor = activation({
  kind: "floor",
  category: "function",
  summary: "Rounds down to a whole number.",
  source: "PyTorch torch.floor",
  parameters: {},
  value: Math.floor,
  derivative: () => 0,
  element: floorOf,
  onnx: ({ inputs: [x] }) => op("Floor", [x]),
});
