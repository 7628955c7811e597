/** Powers of one number. */
import { number } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { power } from "./shared/power.ts";
import { scalarArithmetic } from "./shared/scalar-arithmetic.ts";

export const rpowScalar = scalarArithmetic({
  kind: "rpow_scalar",
  summary: "Raises a number to every element: scalar ^ x.",
  source: "PyTorch torch.pow with a number in front",
  value: (x, scalar) => scalar ** x,
  derivative: (x, scalar) => scalar ** x * Math.log(scalar),
  tolerance: 1e-5,
  element: (x, scalar) => power(number(scalar), x),
  onnx: (x, scalar) => op("Pow", [scalar, x]),
});
