/** Powers with one exponent for all elements. */
import { op } from "./onnx.ts";
import { knownPower } from "./shared/power.ts";
import { scalarArithmetic } from "./shared/scalar-arithmetic.ts";

export const powScalar = scalarArithmetic({
  kind: "pow_scalar",
  summary: "Raises every element to a power: x ^ scalar.",
  source: "PyTorch torch.pow",
  value: (x, scalar) => x ** scalar,
  derivative: (x, scalar) => (scalar === 0 ? 0 : scalar * x ** (scalar - 1)),
  tolerance: 1e-5,
  element: knownPower,
  onnx: (x, scalar) => op("Pow", [x, scalar]),
});
