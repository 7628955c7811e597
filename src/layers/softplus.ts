/** A smooth ReLU. */
import { ifLess, multiply } from "../graph/element.ts";
import { constant, op } from "./onnx.ts";
import { float } from "./parameters.ts";
import { activation } from "./shared/activation.ts";
import { logistic, softplusElement, softplusOf } from "./shared/sigmoid.ts";

export const softplus = activation({
  kind: "softplus",
  summary: "A smooth ReLU: ln(1 + exp(beta · x)) / beta.",
  source: "PyTorch Softplus",
  parameters: {
    beta: float({ doc: "Sharpness of the bend at 0.", above: 0, default: 1 }),
    threshold: float({ doc: "Where beta · x is above it, the value stays x.", default: 20 }),
  },
  value: (x, { beta, threshold }) => (beta * x > threshold ? x : softplusOf(beta * x) / beta),
  derivative: (x, { beta, threshold }) => (beta * x > threshold ? 1 : logistic(beta * x)),
  element: (x, { beta, threshold }) => {
    const scaled = multiply(x, beta);
    return ifLess(threshold, scaled, x, multiply(softplusElement(scaled), 1 / beta));
  },
  onnx: ({ attributes: { beta, threshold }, inputs: [x] }) => {
    const sharpened = beta === 1 ? x : op("Mul", [x, constant(beta)]);
    const soft = op("Softplus", [sharpened]);
    const y = beta === 1 ? soft : op("Div", [soft, constant(beta)]);
    // Above 20 softplus is x to the last bit of a float32.
    if (threshold >= 20) return y;
    return op("Where", [op("Greater", [sharpened, constant(threshold)]), x, y]);
  },
});
