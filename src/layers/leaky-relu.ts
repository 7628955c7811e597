/** Rectified linear unit that lets a part of negative values through. */
import { ifLess, multiply } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { float } from "./parameters.ts";
import { activation } from "./shared/activation.ts";

export const leakyRelu = activation({
  kind: "leaky_relu",
  summary: "Multiplies negative values by a small slope.",
  source: "PyTorch LeakyReLU; Maas, Hannun, Ng, 2013",
  parameters: {
    negative_slope: float({ doc: "Factor of negative values.", default: 0.01 }),
  },
  value: (x, { negative_slope: slope }) => (x > 0 ? x : slope * x),
  derivative: (x, { negative_slope: slope }) => (x > 0 ? 1 : slope),
  element: (x, { negative_slope: slope }) => ifLess(x, 0, multiply(x, slope), x),
  onnx: ({ attributes, inputs: [x] }) =>
    op("LeakyRelu", [x], { alpha: { float: attributes.negative_slope } }),
});
