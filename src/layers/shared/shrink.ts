/** The kernels' form of activations that set small values to zero. */
import { type Element, add, ifLess, subtract } from "../../graph/element.ts";

/** `x > size ? x - bias : x < -size ? x + bias : 0`; NaN stays. */
export function shrink(x: Element, size: number, bias: number): Element {
  const inside = ifLess(x, -size, add(x, bias), subtract(x, x));
  return ifLess(size, x, subtract(x, bias), inside);
}
