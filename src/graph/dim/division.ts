/** Division of sizes that must come out even, and multiplication by fractions. */
import { add, floorDiv, mul, sub } from "./arithmetic.ts";
import {
  type Atom,
  type Dim,
  type Term,
  isKnown,
  sameDim,
  sumOf,
  termOf,
  termsOf,
} from "./polynomial.ts";

/** `a / b` where the division is exact for all values of the names, otherwise undefined. */
export function divideExactly(a: Dim, b: Dim): Dim | undefined {
  if (isKnown(b)) {
    if (b === 0) return undefined;
    const quotient = floorDiv(b < 0 ? mul(-1, a) : a, Math.abs(b));
    return sameDim(mul(quotient, b), a) ? quotient : undefined;
  }
  // Long division: the leading terms of a dividend without remainder fall one by one.
  const by = leadingTerm(b);
  let quotient: Dim = 0;
  let rest = a;
  while (!isKnown(rest)) {
    const step = divideTerms(leadingTerm(rest), by);
    if (step === undefined) return undefined;
    quotient = add(quotient, step);
    rest = sub(rest, mul(step, b));
  }
  return rest === 0 ? quotient : undefined;
}

function divideTerms(a: Term, b: Term): Dim | undefined {
  const left = [...a.factors];
  for (const factor of b.factors) {
    const at = left.findIndex((atom) => atom.key === factor.key);
    if (at < 0) return undefined;
    left.splice(at, 1);
  }
  const coefficient = a.coefficient / b.coefficient;
  if (!Number.isInteger(coefficient)) return undefined;
  return left.length === 0 ? coefficient : sumOf(0, [termOf(coefficient, left)]);
}

/** The first term in an order that products keep: by degree, then lexicographic. */
function leadingTerm(dim: Dim): Term {
  return termsOf(dim).reduce((a, b) => (comparePowers(a.factors, b.factors) >= 0 ? a : b));
}

function comparePowers(a: readonly Atom[], b: readonly Atom[]): number {
  if (a.length !== b.length) return a.length - b.length;
  const at = a.findIndex((atom, i) => atom.key !== b[i].key);
  if (at < 0) return 0;
  return a[at].key < b[at].key ? 1 : -1;
}

export interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
}

const LARGEST_DENOMINATOR = 1000;

/**
 * The fraction that a decimal such as `1.5` or `0.29` stands for: the one with the smallest
 * denominator, at most 1000, that rounds to `value`; undefined where there is none.
 */
export function fractionOf(value: number): Fraction | undefined {
  if (!Number.isFinite(value)) return undefined;
  for (let denominator = 1; denominator <= LARGEST_DENOMINATOR; denominator++) {
    const numerator = Math.round(value * denominator);
    if (numerator / denominator === value) return { numerator, denominator };
  }
  return undefined;
}

/** `floor(dim · factor)`. */
export function scaleDim(dim: Dim, { numerator, denominator }: Fraction): Dim {
  return floorDiv(mul(dim, numerator), denominator);
}
