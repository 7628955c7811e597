/** The `where` clause of a model: promises about named sizes, built into the names themselves. */
import { problem } from "../../diagnostics/diagnostic.ts";
import { type Dim, type NameFacts, lcm, named } from "../../graph/dim.ts";
import type { Expression } from "../../syntax/ast.ts";
import type { Reporter } from "../reporter.ts";

/** What is known of each name; a name that equals another or a number has that value. */
export interface Facts {
  readonly sizes: ReadonlyMap<string, Dim>;
}

interface Collected {
  facts: NameFacts;
  /** Set by `H == W` and `H == 224`. */
  same?: string | number;
}

/**
 * Reads conditions of the forms `H % 4 == 0`, `H % 2 == 1`, `H >= 32` (also `>`, `<`, `<=`),
 * `H == 224`, `H == W` and several joined by `and`.
 */
export function readWhere(
  names: readonly string[],
  where: readonly Expression[],
  constant: (expression: Expression) => number | undefined,
  reporter: Reporter,
): Facts {
  const collected = new Map(names.map((name): [string, Collected] => [name, { facts: {} }]));
  for (const condition of where) {
    for (const part of conjuncts(condition)) {
      if (!readCondition(part, collected, constant)) {
        reporter.report(problem("CNN3023", { names }), part.span);
      }
    }
  }
  const sizes = new Map<string, Dim>();
  for (const name of names) sizes.set(name, sizeOf(name, collected));
  return { sizes };
}

function conjuncts(expression: Expression): readonly Expression[] {
  if (expression.kind === "parenthesized") return conjuncts(expression.value);
  if (expression.kind === "binary" && expression.operator === "and") {
    return [...conjuncts(expression.left), ...conjuncts(expression.right)];
  }
  return [expression];
}

function readCondition(
  expression: Expression,
  collected: ReadonlyMap<string, Collected>,
  constant: (expression: Expression) => number | undefined,
): boolean {
  if (expression.kind !== "binary") return false;
  const { operator, left, right } = expression;
  if (left.kind === "name" && right.kind === "name" && operator === "==") {
    const [a, b] = [collected.get(left.text), collected.get(right.text)];
    if (a !== undefined && b !== undefined) {
      // The later name takes the earlier one's size, so that no circle arises.
      const names = [...collected.keys()];
      const [early, late] =
        names.indexOf(left.text) <= names.indexOf(right.text) ? [left.text, b] : [right.text, a];
      late.same = early;
      return true;
    }
  }
  const value = constant(right);
  if (value === undefined) return false;
  if (left.kind === "binary" && left.operator === "%" && left.left.kind === "name") {
    const target = collected.get(left.left.text);
    const divisor = constant(left.right);
    if (target === undefined || divisor === undefined || divisor < 1 || operator !== "==")
      return false;
    if (value < 0 || value >= divisor) return false;
    return restrictRemainder(target, divisor, value);
  }
  if (left.kind !== "name") return false;
  const target = collected.get(left.text);
  return target !== undefined && restrictRange(target, operator, value);
}

/** Larger ones divide no map that fits into a memory. */
const LARGEST_DIVISOR = 2 ** 20;

/** Joins `H % a == r` with what is known: the facts hold one divisor, their common multiple. */
function restrictRemainder(target: Collected, divisor: number, offset: number): boolean {
  const { divisor: known = 1, offset: knownOffset = 0 } = target.facts;
  const multiple = lcm(known, divisor);
  if (multiple > LARGEST_DIVISOR) return false;
  for (let candidate = knownOffset; candidate < multiple; candidate += known) {
    if (candidate % divisor === offset) {
      target.facts = { ...target.facts, divisor: multiple, offset: candidate };
      return true;
    }
  }
  return false;
}

function restrictRange(target: Collected, operator: string, value: number): boolean {
  const { min = 1, max = Infinity } = target.facts;
  switch (operator) {
    case ">=":
      target.facts = { ...target.facts, min: Math.max(min, value) };
      return true;
    case ">":
      target.facts = { ...target.facts, min: Math.max(min, value + 1) };
      return true;
    case "<=":
      target.facts = { ...target.facts, max: Math.min(max, value) };
      return true;
    case "<":
      target.facts = { ...target.facts, max: Math.min(max, value - 1) };
      return true;
    case "==":
      target.same = value;
      return true;
    default:
      return false;
  }
}

function sizeOf(name: string, collected: ReadonlyMap<string, Collected>): Dim {
  const entry = collected.get(name);
  if (typeof entry?.same === "number") return entry.same;
  return entry?.same === undefined ? named(name, entry?.facts) : sizeOf(entry.same, collected);
}
