/** Powers whose exponents are a tensor too. */
import { op } from "./onnx.ts";
import { arithmetic } from "./shared/arithmetic.ts";
import { power } from "./shared/power.ts";

export const pow = arithmetic({
  kind: "pow",
  summary:
    "Raises each element of the first tensor to the power in the second; sizes of 1 stretch.",
  source: "PyTorch torch.pow",
  value: (a, b) => a ** b,
  derivatives: (a, b) => [
    b === 0 ? 0 : b * a ** (b - 1),
    a === 0 && b >= 0 ? 0 : a ** b * Math.log(a),
  ],
  element: power,
  tolerance: 1e-5,
  onnx: (inputs) => op("Pow", inputs),
});
