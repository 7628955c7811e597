/** Scaled exponential linear unit, which keeps mean 0 and variance 1 through deep networks. */
import { multiply } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";
import { exponentialUnit } from "./shared/exponential-unit.ts";

/** The fixed point of mean and variance: Klambauer et al., equation 14. */
const ALPHA = 1.6732632423543772;
const SCALE = 1.0507009873554805;

export const selu = activation({
  kind: "selu",
  summary: "ELU with a scale that keeps mean 0 and variance 1.",
  source: "PyTorch SELU; Klambauer et al., Self-Normalizing Neural Networks, 2017",
  parameters: {},
  value: (x) => SCALE * (x > 0 ? x : ALPHA * Math.expm1(x)),
  derivative: (x) => SCALE * (x > 0 ? 1 : ALPHA * Math.exp(x)),
  element: (x) => multiply(SCALE, exponentialUnit(x, ALPHA, 1)),
  onnx: ({ inputs: [x] }) => op("Selu", [x], { alpha: { float: ALPHA }, gamma: { float: SCALE } }),
});
