/**
 * The normal form of sizes: what a polynomial is made of, and the one way to make one.
 * A polynomial always has terms, since one without is a number; its terms are sorted, and
 * none has the coefficient 0. Atoms know their text, so that equality is equality of texts.
 */

/** A tensor size: a known integer, or an expression of named sizes. */
export type Dim = number | Polynomial;

/** `constant + Σ coefficient · Π factors`, terms sorted by key, no zero coefficients. */
export interface Polynomial {
  readonly constant: number;
  readonly terms: readonly Term[];
  /** The normal form as text: equal keys mean equal sizes. */
  readonly key: string;
}

/** `coefficient · Π factors`. */
export interface Term {
  readonly coefficient: number;
  /** At least one, sorted by key. */
  readonly factors: readonly Atom[];
  readonly key: string;
}

/** What a term multiplies: a named size, or a quotient rounded down. */
export type Atom = Variable | FloorQuotient;

/** The integer `(name - offset) / divisor`, where `name` lies in `[min, max]`. */
export interface Variable {
  readonly kind: "variable";
  readonly name: string;
  readonly divisor: number;
  readonly offset: number;
  readonly min: number;
  readonly max: number;
  readonly key: string;
}

/** `floor(numerator / divisor)` with a constant divisor of at least 2. */
export interface FloorQuotient {
  readonly kind: "floor";
  readonly numerator: Polynomial;
  readonly divisor: number;
  readonly key: string;
}

export function isKnown(dim: Dim): dim is number {
  return typeof dim === "number";
}

/** True when both sizes have the same normal form, that is, when they are proved equal. */
export function sameDim(a: Dim, b: Dim): boolean {
  return a === b || keyOf(a) === keyOf(b);
}

export function keyOf(dim: Dim): string {
  return isKnown(dim) ? String(dim) : dim.key;
}

/**
 * Characters of a size's normal form, which can double with every layer that halves and triples
 * it. Nobody can read longer ones, and some layers on they would fill the memory.
 */
const LONGEST = 5000;

/** Whether a size is too long to go on with. */
export function isTangled(dim: Dim): boolean {
  return keyOf(dim).length > LONGEST;
}

export function termsOf(dim: Dim): readonly Term[] {
  return isKnown(dim) ? [] : dim.terms;
}

export function constantOf(dim: Dim): number {
  return isKnown(dim) ? dim : dim.constant;
}

export function termOf(coefficient: number, factors: readonly Atom[]): Term {
  const sorted = [...factors].sort((a, b) => compareText(a.key, b.key));
  return { coefficient, factors: sorted, key: sorted.map((f) => f.key).join("*") };
}

export function floorQuotient(numerator: Polynomial, divisor: number): FloorQuotient {
  return { kind: "floor", numerator, divisor, key: `floor(${numerator.key}/${divisor})` };
}

/** Collects equal terms, drops zeros, sorts; a sum without terms is a number. */
export function sumOf(constant: number, terms: readonly Term[]): Dim {
  return normalForm(constant, terms.length > 1 ? collected(terms) : terms.filter(isKept));
}

/** The size plus a number: most sums are of this sort, and their terms stay as they are. */
export function plus(dim: Dim, constant: number): Dim {
  if (isKnown(dim)) return dim + constant + 0;
  return constant === 0 ? dim : normalForm(dim.constant + constant, dim.terms);
}

function collected(terms: readonly Term[]): readonly Term[] {
  const byKey = new Map<string, Term>();
  for (const term of terms) {
    const known = byKey.get(term.key);
    const coefficient = (known?.coefficient ?? 0) + term.coefficient;
    byKey.set(term.key, known === undefined ? term : { ...term, coefficient });
  }
  return [...byKey.values()].filter(isKept).sort((a, b) => compareText(a.key, b.key));
}

function isKept({ coefficient }: Term): boolean {
  return coefficient !== 0;
}

/** Of terms in normal form. */
function normalForm(constant: number, terms: readonly Term[]): Dim {
  // Adding 0 turns a negative zero, which tests and JSON tell apart, into zero.
  constant += 0;
  if (terms.length === 0) return constant;
  let key = "";
  for (const term of terms) key += `${term.coefficient}*${term.key}+`;
  return { constant, terms, key: key + String(constant) };
}

/** By code units: the same order in every locale. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
