/**
 * Sizes as expressions of the language, and what a `where` clause says of their names. A size
 * is kept over the whole number `k = (H - offset) / divisor`; here it is written over `H` again,
 * so that every division in the text comes out as the size says.
 */
import {
  type Atom,
  type Dim,
  type Term,
  type Variable,
  gcd,
  isKnown,
  variablesIn,
} from "../../../graph/dim.ts";

/** `2 * H`, `(H + 1) / 2`: means the size again, `/` rounding down. */
export function sizeExpression(size: Dim): string {
  if (isKnown(size)) return String(size);
  const whole = nameAlone(size.terms, size.constant);
  if (whole !== undefined) return whole;
  const terms = size.terms.map(termText);
  const constant = size.constant === 0 ? [] : [String(size.constant)];
  // What is added comes first: `3 - H`, not `-H + 3`.
  const ordered = [...terms, ...constant].toSorted(
    (a, b) => Number(a.startsWith("-")) - Number(b.startsWith("-")),
  );
  return ordered.join(" + ").replaceAll("+ -", "- ");
}

export function shapeExpression(shape: readonly Dim[]): string {
  return `[${shape.map(sizeExpression).join(", ")}]`;
}

/** `divisor · k + offset` is the name itself, and `divisor · k + n` the name plus a number. */
function nameAlone(terms: readonly Term[], constant: number): string | undefined {
  const [{ coefficient, factors }] = terms;
  const [atom] = factors;
  if (terms.length !== 1 || factors.length !== 1 || atom.kind !== "variable") return undefined;
  if (coefficient % atom.divisor !== 0) return undefined;
  const times = coefficient / atom.divisor;
  const rest = constant - times * atom.offset;
  const name = times === 1 ? atom.name : `${times} * ${atom.name}`;
  if (rest === 0) return name;
  return rest > 0 ? `${name} + ${rest}` : `${name} - ${-rest}`;
}

/** With its sign; a whole number for all values of the names. */
function termText({ coefficient, factors }: Term): string {
  const [first, ...others] = factors;
  if (first.kind === "floor" && coefficient === 1 && others.length === 0) return floorText(first);
  const divisor = first.kind === "variable" ? first.divisor : 1;
  const common = gcd(Math.abs(coefficient), divisor);
  const times = coefficient / common;
  const over = divisor / common;
  const base = first.kind === "variable" ? overName(first) : atomText(first);
  const multiplied = times === 1 ? base : times === -1 ? `-${base}` : `${times} * ${base}`;
  // The division comes before further factors: only here is it known to come out even.
  const divided = over === 1 ? multiplied : `${multiplied} / ${over}`;
  return [divided, ...others.map(atomText)].join(" * ");
}

function overName({ name, offset }: Variable): string {
  return offset === 0 ? name : `(${name} - ${offset})`;
}

function atomText(atom: Atom): string {
  if (atom.kind === "floor") return `(${floorText(atom)})`;
  return atom.divisor === 1 ? atom.name : `(${overName(atom)} / ${atom.divisor})`;
}

function floorText({ numerator, divisor }: Extract<Atom, { kind: "floor" }>): string {
  const text = sizeExpression(numerator);
  return `${/^\w+$/.test(text) ? text : `(${text})`} / ${divisor}`;
}

/** The conditions that make a name what it is: `H % 16 == 0`, `H >= 32`. */
export function factsOf({ name, divisor, offset, min, max }: Variable): readonly string[] {
  // The least size that the remainder allows needs no saying.
  const least = offset === 0 ? divisor : offset;
  return [
    ...(divisor === 1 ? [] : [`${name} % ${divisor} == ${offset}`]),
    ...(min > least ? [`${name} >= ${min}`] : []),
    ...(max === Infinity ? [] : [`${name} <= ${max}`]),
  ];
}

/** The names in shapes by their first appearance. */
export function namesOf(shapes: readonly (readonly Dim[])[]): readonly Variable[] {
  const found = new Map<string, Variable>();
  for (const size of shapes.flat()) variablesIn(size, found);
  return [...found.values()];
}
