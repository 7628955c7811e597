/** e^x over its whole range: the kernels' form, whose own exponential ends at ±87. */
import { type Element, exp, multiply } from "../../graph/element.ts";

/** The square of e^(x/2), which overflows to infinity and fades to 0 where e^x does. */
export function exponential(x: Element): Element {
  const root = exp(multiply(x, 0.5));
  return multiply(root, root);
}
