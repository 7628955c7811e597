/** The logarithm of the sigmoid, without its underflow. */
import { negate } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";
import { logistic, softplusElement, softplusOf } from "./shared/sigmoid.ts";

export const logSigmoid = activation({
  kind: "log_sigmoid",
  summary: "The logarithm of the sigmoid: -softplus(-x).",
  source: "PyTorch LogSigmoid",
  parameters: {},
  value: (x) => -softplusOf(-x),
  derivative: (x) => logistic(-x),
  element: (x) => negate(softplusElement(negate(x))),
  onnx: ({ inputs: [x] }) => op("Neg", [op("Softplus", [op("Neg", [x])])]),
});
