/**
 * Functions of single elements as plain data: what an activation or a sum of tensors does to
 * the elements at one place. Layers write them, kernels turn them into vector arithmetic. An
 * expression that is used twice, as one object, is computed once.
 *
 *     multiply(x, divide(1, add(1, exp(negate(x)))))
 */

export type Element =
  /** The element of one of the tensors. */
  | { readonly op: "argument"; readonly index: number }
  | { readonly op: "number"; readonly value: number }
  | { readonly op: ElementOperation; readonly of: readonly Element[] };

export type ElementOperation =
  | "negate"
  | "abs"
  | "sqrt"
  | "floor"
  /** To the nearest integer, ties to even. */
  | "round"
  /** Arguments beyond ±87 count as ±87. */
  | "exp"
  /** As `exp`, of numbers that are at most 87. */
  | "expUpTo"
  /** Of normal positive numbers. */
  | "log"
  /** log(1 + x) for x ≥ 0, exact where 1 + x rounds. */
  | "log1p"
  | "tanh"
  | "erf"
  | "sin"
  | "cos"
  /** Of numbers in -1 … 1. */
  | "asin"
  | "atan"
  | "add"
  | "subtract"
  | "multiply"
  | "divide"
  | "min"
  | "max"
  /** `a < b ? c : d`, and its like. A comparison with NaN does not hold. */
  | "ifLess"
  | "ifLessOrEqual"
  | "ifEqual";

/** Numbers stand for themselves. */
type Part = Element | number;

function elementOf(part: Part): Element {
  return typeof part === "number" ? number(part) : part;
}

export const number = (value: number): Element => ({ op: "number", value });

/** The element of one of the tensors, from 0. */
export const argument = (index: number): Element => ({ op: "argument", index });

const unary =
  (op: ElementOperation) =>
  (a: Part): Element => ({ op, of: [elementOf(a)] });
export const negate = unary("negate");
export const abs = unary("abs");
export const sqrt = unary("sqrt");
export const floor = unary("floor");
export const round = unary("round");
export const exp = unary("exp");
export const expUpTo = unary("expUpTo");
export const log = unary("log");
export const log1p = unary("log1p");
export const tanh = unary("tanh");
export const erf = unary("erf");
export const sin = unary("sin");
export const cos = unary("cos");
export const asin = unary("asin");
export const atan = unary("atan");

const binary =
  (op: ElementOperation) =>
  (a: Part, b: Part): Element => ({ op, of: [elementOf(a), elementOf(b)] });
export const add = binary("add");
export const subtract = binary("subtract");
export const multiply = binary("multiply");
export const divide = binary("divide");
export const min = binary("min");
export const max = binary("max");

const choice =
  (op: ElementOperation) =>
  (a: Part, b: Part, yes: Part, no: Part): Element => ({
    op,
    of: [a, b, yes, no].map(elementOf),
  });
export const ifLess = choice("ifLess");
export const ifLessOrEqual = choice("ifLessOrEqual");
export const ifEqual = choice("ifEqual");

export const clamp = (value: Part, low: number, high: number): Element =>
  min(max(value, low), high);

/** The function of one element `outer`, applied to the result of `inner`. */
export function compose(outer: Element, inner: Element): Element {
  const known = new Map<Element, Element>();
  const replaced = (part: Element): Element => {
    if (part.op === "argument") return inner;
    if (part.op === "number") return part;
    const before = known.get(part);
    if (before !== undefined) return before;
    const made: Element = { op: part.op, of: part.of.map(replaced) };
    known.set(part, made);
    return made;
  };
  return replaced(outer);
}

/** One function of one element after another; undefined where there is none. */
export function chained(...functions: readonly (Element | undefined)[]): Element | undefined {
  return functions.reduce(
    (inner, outer) =>
      inner === undefined || outer === undefined ? (outer ?? inner) : compose(outer, inner),
    undefined,
  );
}
