/** Small values set to zero: sparse codes. */
import { op } from "./onnx.ts";
import { float } from "./parameters.ts";
import { activation } from "./shared/activation.ts";
import { shrink } from "./shared/shrink.ts";

export const hardShrink = activation({
  kind: "hard_shrink",
  summary: "Zeroes values within -lambd … lambd.",
  source: "PyTorch Hardshrink; ONNX Shrink",
  parameters: {
    lambd: float({ doc: "Values up to this size become 0.", min: 0, default: 0.5 }),
    bias: float({ doc: "What is taken off the size of the others.", default: 0 }),
  },
  value: (x, { lambd, bias }) => (Math.abs(x) <= lambd ? 0 : x - Math.sign(x) * bias),
  derivative: (x, { lambd }) => (Math.abs(x) <= lambd ? 0 : 1),
  element: (x, { lambd, bias }) => shrink(x, lambd, bias),
  onnx: ({ attributes, inputs: [x] }) =>
    op("Shrink", [x], { lambd: { float: attributes.lambd }, bias: { float: attributes.bias } }),
});
