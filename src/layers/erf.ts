/** The error function, of which GELU is made. */
import { erf as erfElement } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";
import { erf as erfOf } from "./shared/erf.ts";

export const erf = activation({
  kind: "erf",
  category: "function",
  summary: "The error function: the share of a normal distribution within x·√2 deviations.",
  source: "PyTorch torch.erf; Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.1",
  parameters: {},
  value: erfOf,
  derivative: (x) => (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x),
  element: erfElement,
  onnx: ({ inputs: [x] }) => op("Erf", [x]),
});
