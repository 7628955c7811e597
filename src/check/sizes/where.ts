/** The `where` clause of a model: promises about named sizes, built into the names themselves. */
import { problem } from "../../diagnostics/diagnostic.ts";
import type { Dim } from "../../graph/dim.ts";
import type { Expression } from "../../syntax/ast.ts";
import type { Reporter } from "../reporter.ts";
import { type Outcome, Promises, type SizeSet } from "./promises.ts";

type Binary = Extract<Expression, { kind: "binary" }>;

/** Undefined for what is not known when the program is checked. */
type Constant = (expression: Expression) => number | undefined;

/**
 * Reads conditions of the forms `H % 4 == 0`, `H % 2 == 1`, `H >= 32` (also `>`, `<`, `<=`),
 * `H == 224`, `H == W` and several joined by `and`.
 * @returns what is known of each name; one that equals another or a number has that value
 */
export function readWhere(
  names: readonly string[],
  where: readonly Expression[],
  constant: Constant,
  reporter: Reporter,
): ReadonlyMap<string, Dim> {
  const promises = new Promises(names);
  for (const part of where.flatMap(conjuncts)) {
    const outcome = part.kind === "binary" ? keep(part, promises, constant) : undefined;
    if (outcome === "kept") continue;
    const facts = outcome === "contradicts" ? { names, contradicts: true } : { names };
    reporter.report(problem("CNN3023", facts), part.span);
  }
  return promises.sizes;
}

function conjuncts(expression: Expression): readonly Expression[] {
  if (expression.kind === "parenthesized") return conjuncts(expression.value);
  if (expression.kind === "binary" && expression.operator === "and") {
    return [...conjuncts(expression.left), ...conjuncts(expression.right)];
  }
  return [expression];
}

/** Undefined for a condition that is none of the forms. */
function keep(condition: Binary, promises: Promises, constant: Constant): Outcome | undefined {
  const { operator, left, right } = condition;
  const isEquation = operator === "==";
  if (isEquation && isSize(left, promises) && isSize(right, promises)) {
    return promises.equate(left.text, right.text);
  }
  const value = constant(right);
  if (value === undefined) return undefined;
  if (isSize(left, promises)) {
    const sizes = range(operator, value);
    return sizes && promises.restrict(left.text, sizes);
  }
  if (left.kind !== "binary" || left.operator !== "%" || !isEquation) return undefined;
  const divisor = constant(left.right);
  if (!isSize(left.left, promises) || divisor === undefined || divisor < 1) return undefined;
  if (value < 0 || value >= divisor) return "contradicts";
  return promises.restrict(left.left.text, { divisor, offset: value });
}

function isSize(
  expression: Expression,
  promises: Promises,
): expression is Extract<Expression, { kind: "name" }> {
  return expression.kind === "name" && promises.has(expression.text);
}

function range(operator: string, value: number): Partial<SizeSet> | undefined {
  switch (operator) {
    case ">=":
      return { min: value };
    case ">":
      return { min: value + 1 };
    case "<=":
      return { max: value };
    case "<":
      return { max: value - 1 };
    case "==":
      return { min: value, max: value };
    default:
      return undefined;
  }
}
