/** Padding as PyTorch writes it: a number a side where opposite sides agree, else by `F.pad`. */
import type { AttributeValue } from "../../../graph/attributes.ts";
import { Reader, pair, tuple } from "../python.ts";

/** Symmetric padding as PyTorch's pair; undefined where the sides differ. */
export function evenPadding(value: AttributeValue): string | undefined {
  if (value === "same") return '"same"';
  const sides = new Reader({ value }).numbers("value");
  const [top, left, bottom, right] = sides;
  return top === bottom && left === right ? pair([top, left]) : undefined;
}

/** Sides in the order of `F.pad`. */
export function padSides(value: AttributeValue, sign = 1): string {
  const [top, left, bottom, right] = new Reader({ value }).numbers("value");
  return tuple([left, right, top, bottom].map((side) => (side === 0 ? 0 : sign * side)));
}
