/** Mish: a smooth activation like silu, used by YOLOv4. */
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";
import { logistic, softplusOf } from "./shared/sigmoid.ts";

export const mish = activation({
  kind: "mish",
  summary: "Multiplies each value by tanh(softplus(x)).",
  source: "PyTorch Mish; Misra, 2019",
  parameters: {},
  value: (x) => x * Math.tanh(softplusOf(x)),
  derivative: (x) => {
    const t = Math.tanh(softplusOf(x));
    return t + x * (1 - t * t) * logistic(x);
  },
  onnx: ({ opset, inputs: [x] }) =>
    opset >= 18 ? op("Mish", [x]) : op("Mul", [x, op("Tanh", [op("Softplus", [x])])]),
});
