/** The kernels' form of ELU and its relatives, which bend negative values exponentially. */
import { type Element, expUpTo, ifLess, min, multiply, subtract } from "../../graph/element.ts";

/** `x > 0 ? x : scale · (e^(x / width) - 1)`. */
export function exponentialUnit(x: Element, scale: number, width: number): Element {
  const power = expUpTo(multiply(min(x, 0), 1 / width));
  return ifLess(0, x, x, multiply(scale, subtract(power, 1)));
}
