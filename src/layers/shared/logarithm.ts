/** ln x over its whole range: the kernels' form, whose own logarithm takes normal numbers. */
import { type Element, ifEqual, ifLess, log, max } from "../../graph/element.ts";

const SMALLEST_NORMAL = 2 ** -126;
/** Everything above it is infinite. */
const LARGEST = 3.4028234e38;

/** Numbers below 2^-126 count as that. */
export function logarithm(x: Element): Element {
  const finite = ifLess(LARGEST, x, x, log(max(x, SMALLEST_NORMAL)));
  return ifLess(0, x, finite, ifEqual(x, 0, Number.NEGATIVE_INFINITY, Number.NaN));
}
