/** Operators on compile-time values: ints may be symbolic, comparisons must be decidable. */
import { type Problem, problem } from "../../diagnostics/diagnostic.ts";
import {
  type Dim,
  add,
  bounds,
  divideExactly,
  floorDiv,
  formatDim,
  isKnown,
  mod,
  mul,
  sameDim,
  sub,
} from "../../graph/dim.ts";
import type { BinaryOperator } from "../../syntax/ast.ts";
import { type Value, describe, numberOf } from "./values.ts";

type Arithmetic = "+" | "-" | "*" | "/" | "%";
type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=";

/** The operators but `and` and `or`, which do not always evaluate their right side. */
export function operate(
  operator: Exclude<BinaryOperator, "and" | "or">,
  left: Value,
  right: Value,
): Value | Problem {
  switch (operator) {
    case "+":
    case "-":
    case "*":
    case "/":
    case "%":
      return calculate(operator, left, right);
    case "==":
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=":
      return compare(operator, left, right);
    default:
      return operator satisfies never;
  }
}

function calculate(operator: Arithmetic, left: Value, right: Value): Value | Problem {
  if (left.kind === "int" && right.kind === "int") {
    const result = calculateInts(operator, left.value, right.value);
    if (typeof result === "object" && "code" in result) return result;
    if (isKnown(result) && !Number.isSafeInteger(result)) return problem("CNN3024", {});
    return { kind: "int", value: result };
  }
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a === undefined || b === undefined) return unsuited(operator, left, right);
  const value = calculateFloats(operator, a, b);
  return Number.isFinite(value) ? { kind: "float", value } : problem("CNN3024", {});
}

function calculateInts(operator: Arithmetic, a: Dim, b: Dim): Dim | Problem {
  switch (operator) {
    case "+":
      return add(a, b);
    case "-":
      return sub(a, b);
    case "*":
      return mul(a, b);
    case "/": {
      if (b === 0) return problem("CNN3024", {});
      const exact = divideExactly(a, b);
      if (exact !== undefined) return exact;
      if (!isKnown(b))
        return problem("CNN3010", { expression: `${formatDim(a)} / ${formatDim(b)}` });
      return b > 0 ? floorDiv(a, b) : floorDiv(mul(-1, a), -b);
    }
    case "%":
      if (!isKnown(b))
        return problem("CNN3010", { expression: `${formatDim(a)} % ${formatDim(b)}` });
      return b > 0 ? mod(a, b) : problem("CNN3024", {});
    default:
      return operator satisfies never;
  }
}

function calculateFloats(operator: Arithmetic, a: number, b: number): number {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
    case "%":
      return a - b * Math.floor(a / b);
    default:
      return operator satisfies never;
  }
}

function compare(operator: Comparison, left: Value, right: Value): Value | Problem {
  if (left.kind === "int" && right.kind === "int") {
    const holds = compareInts(operator, left.value, right.value);
    if (holds !== undefined) return { kind: "bool", value: holds };
    const expression = `${formatDim(left.value)} ${operator} ${formatDim(right.value)}`;
    return problem("CNN3010", { expression });
  }
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a !== undefined && b !== undefined) return { kind: "bool", value: holdsFor(operator, a - b) };
  if (operator !== "==" && operator !== "!=") return unsuited(operator, left, right);
  if (!("value" in left && "value" in right) || left.kind !== right.kind) {
    return unsuited(operator, left, right);
  }
  return { kind: "bool", value: (left.value === right.value) === (operator === "==") };
}

/** Undefined where it depends on the values of names. */
function compareInts(operator: Comparison, a: Dim, b: Dim): boolean | undefined {
  if (sameDim(a, b)) return holdsFor(operator, 0);
  const [min, max] = bounds(sub(a, b));
  // The answer is known where both ends of the interval, and the zero between, agree.
  const ends = [min, max, ...(min < 0 && max > 0 ? [0] : [])].map((d) => holdsFor(operator, d));
  return ends.every((holds) => holds === ends[0]) ? ends[0] : undefined;
}

function holdsFor(operator: Comparison, difference: number): boolean {
  switch (operator) {
    case "==":
      return difference === 0;
    case "!=":
      return difference !== 0;
    case "<":
      return difference < 0;
    case "<=":
      return difference <= 0;
    case ">":
      return difference > 0;
    case ">=":
      return difference >= 0;
    default:
      return operator satisfies never;
  }
}

function unsuited(operator: string, left: Value, right: Value): Problem {
  return problem("CNN3011", { operator, left: describe(left), right: describe(right) });
}
