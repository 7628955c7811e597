/**
 * How a size behaves as its names vary: the interval that holds its values, and after how
 * many steps of a name its remainders repeat. A floor quotient of polynomials is a
 * quasi-polynomial: on every class of steps with the same remainder by the period it is an
 * ordinary polynomial with integer coefficients, so finitely many values decide it.
 */
import { lcm } from "./gcd.ts";
import { type Atom, type Dim, isKnown, termsOf } from "./polynomial.ts";

/** An interval that holds every value of the size: `[min, max]`, with infinities. */
export function bounds(dim: Dim): readonly [min: number, max: number] {
  if (isKnown(dim)) return [dim, dim];
  let min = dim.constant;
  let max = dim.constant;
  for (const { coefficient, factors } of dim.terms) {
    let low = coefficient;
    let high = coefficient;
    for (const atom of factors) {
      const [least, most] = atomBounds(atom);
      const a = times(low, least);
      const b = times(low, most);
      const c = times(high, least);
      const d = times(high, most);
      low = Math.min(a, b, c, d);
      high = Math.max(a, b, c, d);
    }
    min += low;
    max += high;
  }
  return [min, max];
}

function atomBounds(atom: Atom): readonly [number, number] {
  if (atom.kind === "variable") {
    return [(atom.min - atom.offset) / atom.divisor, (atom.max - atom.offset) / atom.divisor];
  }
  const [min, max] = bounds(atom.numerator);
  return [Math.floor(min / atom.divisor), Math.floor(max / atom.divisor)];
}

/** Multiplies with `0 · ∞ = 0`: the bound of a product whose one factor is 0. */
function times(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : a * b;
}

/**
 * The period of the size in steps of a name's variable: a floor of a sum with the period `p`
 * has the period `p · divisor`.
 */
export function periodOf(dim: Dim, name: string): number {
  return termsOf(dim)
    .flatMap((term) => term.factors)
    .map((atom) =>
      atom.kind === "floor" && dependsOn(atom.numerator, name)
        ? periodOf(atom.numerator, name) * atom.divisor
        : 1,
    )
    .reduce(lcm, 1);
}

/** The size's degree as a polynomial: in one name, or in all names together. */
export function degreeOf(dim: Dim, name?: string): number {
  const degrees = termsOf(dim).map((term) =>
    term.factors.reduce((sum, atom) => sum + atomDegree(atom, name), 0),
  );
  return Math.max(0, ...degrees);
}

function atomDegree(atom: Atom, name: string | undefined): number {
  if (atom.kind === "floor") return degreeOf(atom.numerator, name);
  return name === undefined || atom.name === name ? 1 : 0;
}

function dependsOn(dim: Dim, name: string): boolean {
  return degreeOf(dim, name) > 0;
}
