/** The kernels' form of powers. */
import {
  type Element,
  abs,
  divide,
  floor,
  ifEqual,
  ifLess,
  ifLessOrEqual,
  log,
  max,
  multiply,
  negate,
  number,
  sqrt,
} from "../../graph/element.ts";
import { exponential } from "./exponential.ts";

const SMALLEST_NORMAL = 2 ** -126;

/** base ^ exponent of a base above 0: e^(exponent · ln base), whose error grows with that. */
function ofPositive(base: Element, exponent: Element): Element {
  return exponential(multiply(exponent, log(max(base, SMALLEST_NORMAL))));
}

/** Of a negative base only whole exponents have a power, negative for the odd ones. */
export function power(base: Element, exponent: Element): Element {
  const size = ofPositive(abs(base), exponent);
  const half = multiply(exponent, 0.5);
  const even = ifEqual(floor(half), half, size, negate(size));
  const negative = ifEqual(floor(exponent), exponent, even, Number.NaN);
  const ofZero = ifLess(0, exponent, 0, ifLess(exponent, 0, Number.POSITIVE_INFINITY, 1));
  return ifEqual(base, 0, ofZero, ifLess(base, 0, negative, size));
}

/** Whole exponents up to this are products. */
const LARGEST_PRODUCT = 16;

/** A power whose exponent is a number of the program. */
export function knownPower(base: Element, exponent: number): Element {
  if (exponent === 0) return number(1);
  if (exponent < 0) return divide(1, knownPower(base, -exponent));
  if (Number.isInteger(exponent) && exponent <= LARGEST_PRODUCT) return product(base, exponent);
  if (exponent === 0.5) return sqrt(base);
  if (Number.isInteger(exponent)) return power(base, number(exponent));
  const size = ofPositive(base, number(exponent));
  return ifLess(0, base, size, ifLessOrEqual(0, base, 0, Number.NaN));
}

/** base · … · base by squaring. */
function product(base: Element, factors: number): Element {
  if (factors === 1) return base;
  const half = product(base, Math.floor(factors / 2));
  const square = multiply(half, half);
  return factors % 2 === 0 ? square : multiply(square, base);
}
