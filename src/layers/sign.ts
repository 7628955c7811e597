/** The sign of each value. */
import { ifLess } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";

export const sign = activation({
  kind: "sign",
  category: "function",
  summary: "Replaces positive values by 1 and negative ones by -1.",
  source: "PyTorch torch.sign",
  parameters: {},
  value: Math.sign,
  derivative: () => 0,
  element: (x) => ifLess(0, x, 1, ifLess(x, 0, -1, x)),
  onnx: ({ inputs: [x] }) => op("Sign", [x]),
});
