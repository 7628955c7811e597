/** Sizes as a person writes them: `2·H`, `H/4`, `floor((H + 1) / 2)`. */
import { add, mul, named, sub } from "./arithmetic.ts";
import { gcd, lcm } from "./gcd.ts";
import {
  type Atom,
  type Dim,
  type Term,
  constantOf,
  sumOf,
  termOf,
  termsOf,
} from "./polynomial.ts";

export function formatDim(dim: Dim): string {
  const { numerator, denominator } = inNames(dim);
  if (constantOf(numerator) % denominator === 0) return formatSum(numerator, denominator);
  return `(${formatSum(numerator, 1)})/${denominator}`;
}

/** As part of a product: a sum stands in parentheses. */
export function formatFactor(dim: Dim): string {
  const { numerator, denominator } = inNames(dim);
  const parts = termsOf(numerator).length + (constantOf(numerator) === 0 ? 0 : 1);
  const isSum = parts > 1 && constantOf(numerator) % denominator === 0;
  return isSum ? `(${formatDim(dim)})` : formatDim(dim);
}

export function formatShape(shape: readonly Dim[]): string {
  return `[${shape.map(formatDim).join(", ")}]`;
}

interface Quotient {
  readonly numerator: Dim;
  readonly denominator: number;
}

/**
 * The size over the names themselves, as people know them, instead of over the variables
 * `(name - offset) / divisor`: with `H = 4·k`, `k + 3` is `(H + 12) / 4`.
 */
function inNames(dim: Dim): Quotient {
  const terms = termsOf(dim);
  const denominator = terms.map(divisorOf).reduce(lcm, 1);
  const parts = terms.map((term) =>
    mul((term.coefficient * denominator) / divisorOf(term), ...term.factors.map(numeratorOf)),
  );
  const numerator = add(constantOf(dim) * denominator, ...parts);
  const common = termsOf(numerator)
    .map((term) => term.coefficient)
    .reduce(gcd, gcd(denominator, constantOf(numerator)));
  return { numerator: reduced(numerator, common), denominator: denominator / common };
}

function divisorOf(term: Term): number {
  return term.factors.reduce((d, atom) => d * (atom.kind === "variable" ? atom.divisor : 1), 1);
}

function numeratorOf(atom: Atom): Dim {
  return atom.kind === "variable"
    ? sub(named(atom.name), atom.offset)
    : sumOf(0, [termOf(1, [atom])]);
}

function reduced(dim: Dim, by: number): Dim {
  return sumOf(
    constantOf(dim) / by,
    termsOf(dim).map((term) => ({ ...term, coefficient: term.coefficient / by })),
  );
}

/** Each term over the denominator by itself: `H/4 + 3`. */
function formatSum(dim: Dim, denominator: number): string {
  const terms = termsOf(dim);
  // What is added comes first: `3 - H`, not `-H + 3`.
  const ordered = [
    ...terms.filter((term) => term.coefficient > 0).map((term) => formatTerm(term, denominator)),
    ...(constantOf(dim) === 0 && terms.length > 0 ? [] : [String(constantOf(dim) / denominator)]),
    ...terms.filter((term) => term.coefficient < 0).map((term) => formatTerm(term, denominator)),
  ];
  return ordered.join(" + ").replaceAll("+ -", "- ");
}

function formatTerm({ coefficient, factors }: Term, denominator: number): string {
  const common = gcd(coefficient, denominator);
  const [scale, over] = [Math.abs(coefficient) / common, denominator / common];
  const sign = coefficient < 0 ? "-" : "";
  const parts = [...(scale === 1 ? [] : [String(scale)]), ...factors.map(formatAtom)];
  return sign + parts.join("·") + (over === 1 ? "" : `/${over}`);
}

function formatAtom(atom: Atom): string {
  if (atom.kind === "variable") return atom.name;
  const { numerator, denominator } = inNames(atom.numerator);
  const text = formatSum(numerator, 1);
  const grouped = text.includes(" ") ? `(${text})` : text;
  return `floor(${grouped} / ${denominator * atom.divisor})`;
}
