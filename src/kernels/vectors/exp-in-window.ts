/**
 * Exponentials without bounds: right of arguments in a window around 0, and with a sign for each by
 * which all of them together are seen to have lain there.
 */
import type { KernelBuilder } from "../ir/builder.ts";
import {
  type Mask,
  type Vector,
  add,
  constant,
  fma,
  lessOrEqual,
  scale,
  subtract,
} from "../ir/ir.ts";
import { EXP2 } from "./vector-math.ts";

/** The distance of neighbouring numbers in [2, 4). */
const UNIT = 2 ** -22;
/** Powers of two from 2^-64 to 2^63, which 2 to 2 + 127 units stand for. */
const WINDOW = { least: 2, zero: 2 + 64 * UNIT, most: 2 + 127 * UNIT };

/** As `EXP2` for a distance in units; the first coefficient is 1, which needs no product by it. */
const WINDOW_EXP2 = EXP2.map((c, i) => (c / EXP2[0]) * UNIT ** i);

/** What `expInWindow` gives of 0. */
const WINDOW_ONE = 2 ** 64 * WINDOW_EXP2[5];

/** An exponential, and the place from which can be seen whether it is one. */
export interface Windowed {
  /** e^x times a constant. */
  readonly power: Vector;
  /** Of x in the window of powers of two. */
  readonly place: Vector;
}

/**
 * e^x of |x| ≤ 44 times a constant, for ratios: that to e^0 has an error of 1.1e-7 · (2 + |x|). Of
 * other arguments it gives anything; whether there was one is asked of the bits of all places
 * together (`haveStayed`), which is one operation for each exponential where bounds would be two.
 */
export function expInWindow(b: KernelBuilder, x: Vector): Windowed {
  const value = b.let(x);
  const logarithm = constant(Math.LOG2E * UNIT);
  const place = b.let(fma(value, logarithm, constant(WINDOW.zero)));
  const r = b.let(fma(value, logarithm, subtract(constant(WINDOW.zero), place)));
  const [, second, ...rest] = WINDOW_EXP2;
  const start = add(r, constant(second));
  const power = rest.reduce<Vector>((sum, c) => fma(sum, r, constant(c)), start);
  return { power: scale(power, place), place };
}

/** The least place, to whose bits those of others are added with `or`. */
export const LEAST_PLACE = constant(WINDOW.least);

/** e^-22, beside which the least power of the window is below the digits of a result. */
const LEAST_SUM = WINDOW_ONE * 2 ** -32;

/**
 * Masks that hold where all arguments lay in the window, and with them what exponentials add up
 * to. A place outside is negative, or has a bit that none inside has: the exponent of 2 is a
 * single bit, so that another one sets bits beside it. Only zero does not, which of all float32
 * numbers is the place of -5814584.5 alone, and where products are rounded apart from sums: beside
 * a sum that is large enough its power is as good as none.
 */
export function haveStayed(places: Vector, sums: readonly Vector[]): readonly Mask[] {
  return [
    lessOrEqual(constant(WINDOW.least), places),
    lessOrEqual(places, constant(WINDOW.most)),
    ...sums.map((sum) => lessOrEqual(constant(LEAST_SUM), sum)),
  ];
}
