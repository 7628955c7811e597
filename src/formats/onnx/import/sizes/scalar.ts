/**
 * Numbers that are known when a model is read: plain ones, and those that depend on named sizes.
 * Exporters compute shapes with them, in floats too (`floor(H * 2.0)`), so they are fractions of
 * sizes until they are rounded. An operation that leaves these gives undefined.
 */
import {
  type Dim,
  add,
  bounds,
  divideExactly,
  floorDiv,
  fractionOf,
  isKnown,
  mul,
  sub,
} from "../../../../graph/dim.ts";

/** A number, or `numerator / denominator` of named sizes with a positive denominator. */
export type Scalar =
  number | { readonly numerator: Exclude<Dim, number>; readonly denominator: number };

export function scalarOf(numerator: Dim, denominator = 1): Scalar {
  if (isKnown(numerator)) return numerator / denominator;
  const whole = divideExactly(numerator, denominator);
  if (whole === undefined) return { numerator, denominator };
  return isKnown(whole) ? whole : { numerator: whole, denominator: 1 };
}

/** The size that the number is; undefined for a fraction. */
export function dimOf(scalar: Scalar): Dim | undefined {
  if (typeof scalar === "number") return Number.isInteger(scalar) ? scalar : undefined;
  return scalar.denominator === 1 ? scalar.numerator : undefined;
}

interface Fraction {
  readonly numerator: Dim;
  readonly denominator: number;
}

function asFraction(scalar: Scalar): Fraction | undefined {
  return typeof scalar === "number" ? (decimal(scalar) ?? undefined) : scalar;
}

function decimal(value: number): Fraction | undefined {
  return Number.isInteger(value) ? { numerator: value, denominator: 1 } : fractionOf(value);
}

export function addScalars(a: Scalar, b: Scalar): Scalar | undefined {
  if (typeof a === "number" && typeof b === "number") return a + b;
  const [x, y] = [asFraction(a), asFraction(b)];
  if (x === undefined || y === undefined) return undefined;
  return scalarOf(
    add(mul(x.numerator, y.denominator), mul(y.numerator, x.denominator)),
    x.denominator * y.denominator,
  );
}

export function subtractScalars(a: Scalar, b: Scalar): Scalar | undefined {
  const negative = multiplyScalars(b, -1);
  return negative === undefined ? undefined : addScalars(a, negative);
}

export function multiplyScalars(a: Scalar, b: Scalar): Scalar | undefined {
  if (typeof a === "number" && typeof b === "number") return a * b;
  const [x, y] = [asFraction(a), asFraction(b)];
  if (x === undefined || y === undefined) return undefined;
  return scalarOf(mul(x.numerator, y.numerator), x.denominator * y.denominator);
}

/** @param whole integers, whose quotient is cut towards zero */
export function divideScalars(a: Scalar, b: Scalar, whole: boolean): Scalar | undefined {
  if (typeof a === "number" && typeof b === "number") {
    if (b === 0) return undefined;
    return whole ? Math.trunc(a / b) : a / b;
  }
  const [x, y] = [asFraction(a), asFraction(b)];
  if (x === undefined || y === undefined) return undefined;
  if (!isKnown(y.numerator)) {
    const quotient = divideExactly(mul(x.numerator, y.denominator), y.numerator);
    return quotient === undefined ? undefined : scalarOf(quotient, x.denominator);
  }
  if (y.numerator === 0) return undefined;
  const sign = Math.sign(y.numerator);
  const quotient = scalarOf(
    mul(x.numerator, y.denominator * sign),
    x.denominator * Math.abs(y.numerator),
  );
  return whole ? truncateScalar(quotient) : quotient;
}

export function floorScalar(a: Scalar): Scalar {
  return typeof a === "number" ? Math.floor(a) : scalarOf(floorDiv(a.numerator, a.denominator));
}

export function ceilScalar(a: Scalar): Scalar {
  if (typeof a === "number") return Math.ceil(a);
  return scalarOf(floorDiv(add(a.numerator, a.denominator - 1), a.denominator));
}

/** Undefined where the sign is not certain. */
export function truncateScalar(a: Scalar): Scalar | undefined {
  if (typeof a === "number") return Math.trunc(a);
  const [min, max] = bounds(a.numerator);
  if (min >= 0) return floorScalar(a);
  return max <= 0 ? ceilScalar(a) : undefined;
}

/** The sign of `a - b`; undefined where it depends on the sizes. */
export function compareScalars(a: Scalar, b: Scalar): -1 | 0 | 1 | undefined {
  const difference = subtractScalars(a, b);
  if (difference === undefined) return undefined;
  if (typeof difference === "number") return signOf(difference);
  const [min, max] = bounds(difference.numerator);
  if (min > 0) return 1;
  return max < 0 ? -1 : undefined;
}

function signOf(value: number): -1 | 0 | 1 {
  return value > 0 ? 1 : value < 0 ? -1 : 0;
}

/** The remainder with the sign of the divisor, as ONNX's Mod. */
export function remainderOf(a: Scalar, b: Scalar): Scalar | undefined {
  if (typeof b !== "number" || b <= 0 || !Number.isInteger(b)) return undefined;
  const whole = dimOf(a);
  return whole === undefined ? undefined : scalarOf(sub(whole, mul(b, floorDiv(whole, b))));
}
