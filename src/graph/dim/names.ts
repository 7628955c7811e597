/** Names in sizes: which there are, and values put in for them. */
import { add, floorDiv, mul, sub } from "./arithmetic.ts";
import { divideExactly } from "./division.ts";
import { formatDim } from "./format.ts";
import {
  type Atom,
  type Dim,
  type Variable,
  isKnown,
  sumOf,
  termOf,
  termsOf,
} from "./polynomial.ts";

/** Values for named sizes, as given by `--set H=224`. */
export type Bindings = Readonly<Record<string, number>>;

/** The names that a size depends on, in order of first appearance. */
export function namesIn(dim: Dim, into = new Set<string>()): Set<string> {
  for (const name of variablesIn(dim).keys()) into.add(name);
  return into;
}

/** The variables in a size by name, each once. */
export function variablesIn(dim: Dim, into = new Map<string, Variable>()): Map<string, Variable> {
  for (const { factors } of termsOf(dim)) {
    for (const atom of factors) {
      if (atom.kind === "variable") into.set(atom.name, atom);
      else variablesIn(atom.numerator, into);
    }
  }
  return into;
}

/**
 * Puts sizes in for names; names without one stay.
 * @throws RangeError where a size does not leave the remainder of the name's `where` facts
 * (check those first)
 */
export function substitute(dim: Dim, sizes: Readonly<Record<string, Dim>>): Dim {
  if (isKnown(dim)) return dim;
  const parts = dim.terms.map((term) =>
    mul(term.coefficient, ...term.factors.map((atom) => substituteAtom(atom, sizes))),
  );
  return add(dim.constant, ...parts);
}

function substituteAtom(atom: Atom, sizes: Readonly<Record<string, Dim>>): Dim {
  if (atom.kind === "floor") return floorDiv(substitute(atom.numerator, sizes), atom.divisor);
  const { name, offset, divisor } = atom;
  if (!Object.hasOwn(sizes, name)) return sumOf(0, [termOf(1, [atom])]);
  const value = divideExactly(sub(sizes[name], offset), divisor);
  if (value === undefined) {
    const given = formatDim(sizes[name]);
    throw new RangeError(`${name} = ${given} does not leave ${offset} on division by ${divisor}`);
  }
  return value;
}
