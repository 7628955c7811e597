/** The logistic function and its integral, from which several activations are made. */
import {
  type Element,
  abs,
  add,
  divide,
  exp,
  expUpTo,
  log1p,
  max,
  negate,
} from "../../graph/element.ts";

/** `1 / (1 + e^-x)`, without overflow. */
export function logistic(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

export const logisticElement = (x: Element): Element => timesLogistic(1, x);

/** `value · logistic(x)`. */
export const timesLogistic = (value: Element | 1, x: Element): Element =>
  divide(value, add(1, exp(negate(x))));

/** `ln(1 + e^x)`, without overflow. */
export function softplusOf(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** max(x, 0) + ln(1 + e^-|x|), which does not overflow. */
export const softplusElement = (x: Element): Element =>
  add(max(x, 0), log1p(expUpTo(negate(abs(x)))));
