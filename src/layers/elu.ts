/** Exponential linear unit. */
import { op } from "./onnx.ts";
import { float } from "./parameters.ts";
import { activation } from "./shared/activation.ts";
import { exponentialUnit } from "./shared/exponential-unit.ts";

export const elu = activation({
  kind: "elu",
  summary: "Bends negative values towards -alpha: alpha · (exp(x) - 1).",
  source: "PyTorch ELU; Clevert, Unterthiner, Hochreiter, 2015",
  parameters: {
    alpha: float({ doc: "Limit of negative values.", default: 1 }),
  },
  value: (x, { alpha }) => (x > 0 ? x : alpha * Math.expm1(x)),
  derivative: (x, { alpha }) => (x > 0 ? 1 : alpha * Math.exp(x)),
  element: (x, { alpha }) => exponentialUnit(x, alpha, 1),
  onnx: ({ attributes, inputs: [x] }) => op("Elu", [x], { alpha: { float: attributes.alpha } }),
});
