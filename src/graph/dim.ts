/**
 * Tensor sizes as integer expressions. A size is a plain number when it is known, and
 * otherwise a polynomial in named sizes and floor quotients, kept in a normal form so
 * that equal sizes are usually equal texts: `floor((floor((H + 1) / 2) + 1) / 2)` and
 * `floor((H + 3) / 4)` are the same object. Nothing in the compiler compares sizes in
 * any other way; what normal forms cannot show, `condition.ts` decides.
 *
 * What is known of a name is built into its variable: after `where H % 4 == 0` the size
 * `H` is `4·k` with the variable `k = H / 4`, which makes `H / 2` an exact `2·k`.
 *
 * This file is the door to the folder `dim/`.
 */
export type { Atom, Dim, FloorQuotient, Polynomial, Term, Variable } from "./dim/polynomial.ts";
export { isKnown, isTangled, keyOf, sameDim } from "./dim/polynomial.ts";
export {
  type NameFacts,
  add,
  ceilDiv,
  floorDiv,
  mod,
  mul,
  named,
  product,
  sub,
  sum,
} from "./dim/arithmetic.ts";
export { divideExactly, fractionOf, scaleDim } from "./dim/division.ts";
export { gcd, lcm } from "./dim/gcd.ts";
export { type Bindings, namesIn, substitute, variablesIn } from "./dim/names.ts";
export { bounds, degreeOf, periodOf } from "./dim/range.ts";
export { formatDim, formatFactor, formatShape } from "./dim/format.ts";
