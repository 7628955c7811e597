/** ELU with a continuous derivative for every alpha. */
import { op } from "./onnx.ts";
import { float } from "./parameters.ts";
import { activation } from "./shared/activation.ts";
import { exponentialUnit } from "./shared/exponential-unit.ts";

export const celu = activation({
  kind: "celu",
  summary: "Bends negative values smoothly towards -alpha: alpha · (exp(x / alpha) - 1).",
  source: "PyTorch CELU; Barron, 2017",
  parameters: {
    alpha: float({ doc: "Limit of negative values.", above: 0, default: 1 }),
  },
  value: (x, { alpha }) => (x > 0 ? x : alpha * Math.expm1(x / alpha)),
  derivative: (x, { alpha }) => (x > 0 ? 1 : Math.exp(x / alpha)),
  element: (x, { alpha }) => exponentialUnit(x, alpha, alpha),
  onnx: ({ attributes, inputs: [x] }) => op("Celu", [x], { alpha: { float: attributes.alpha } }),
});
