/** A smooth ReLU. */
import { float } from "./parameters.ts";
import { activation } from "./shared/activation.ts";
import { logistic, softplusOf } from "./shared/sigmoid.ts";

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
});
