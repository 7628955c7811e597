/** Values drawn towards zero: the shrinkage of sparse coding. */
import { op } from "./onnx.ts";
import { float } from "./parameters.ts";
import { activation } from "./shared/activation.ts";
import { shrink } from "./shared/shrink.ts";

export const softShrink = activation({
  kind: "soft_shrink",
  summary: "Draws values towards zero by lambd, and no further.",
  source: "PyTorch Softshrink; Donoho, 1995",
  parameters: {
    lambd: float({ doc: "How far values are drawn.", min: 0, default: 0.5 }),
  },
  value: (x, { lambd }) => (Math.abs(x) <= lambd ? 0 : x - Math.sign(x) * lambd),
  derivative: (x, { lambd }) => (Math.abs(x) <= lambd ? 0 : 1),
  element: (x, { lambd }) => shrink(x, lambd, lambd),
  onnx: ({ attributes: { lambd }, inputs: [x] }) =>
    op("Shrink", [x], { lambd: { float: lambd }, bias: { float: lambd } }),
});
