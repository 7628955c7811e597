/**
 * Gives a flat chain of operators its shape: operator precedence with two explicit stacks,
 * so that the length of a chain costs no depth. From loose to tight: `or`, `and`, `not`,
 * comparisons, `+ -`, `* / %`, unary minus. Operators of one level group from the left;
 * comparisons do not group at all.
 */
import type { IToken } from "chevrotain";
import { InternalFault, problem } from "../../diagnostics/diagnostic.ts";
import { cover } from "../../diagnostics/span.ts";
import type { Binary, BinaryOperator, Expression, Unary } from "../ast.ts";
import { type BuildContext, missing, spanBetween } from "./context.ts";

export const LONGEST_CHAIN = 1_000;

const COMPARISON = 4;
const levels = {
  or: 1,
  and: 2,
  "==": COMPARISON,
  "!=": COMPARISON,
  "<": COMPARISON,
  "<=": COMPARISON,
  ">": COMPARISON,
  ">=": COMPARISON,
  "+": 5,
  "-": 5,
  "*": 6,
  "/": 6,
  "%": 6,
} satisfies Record<BinaryOperator, number>;

const prefixLevels = { not: 3, "-": 7 } satisfies Record<Unary["operator"], number>;

function isBinary(text: string): text is BinaryOperator {
  return Object.hasOwn(levels, text);
}

function isPrefix(text: string): text is Unary["operator"] {
  return Object.hasOwn(prefixLevels, text);
}

export interface Operand {
  readonly prefixes: readonly IToken[];
  readonly value: Expression;
}

type Pending =
  | {
      readonly arity: 1;
      readonly operator: Unary["operator"];
      readonly level: number;
      readonly token: IToken;
    }
  | {
      readonly arity: 2;
      readonly operator: BinaryOperator;
      readonly level: number;
      readonly token: IToken;
    };

/** `operators[i]` stands between operand `i` and operand `i + 1`. */
export function combine(
  context: BuildContext,
  operands: readonly Operand[],
  operators: readonly IToken[],
): Expression {
  const prefixes = operands.reduce((count, operand) => count + operand.prefixes.length, 0);
  const count = operators.length + prefixes;
  if (count === 0) return operands[0].value;
  if (count > LONGEST_CHAIN) return refuse(context, operands, count);
  const values: Expression[] = [];
  const pending: Pending[] = [];
  operands.forEach((operand, i) => {
    if (i > 0) {
      const operator = binary(operators[i - 1]);
      reduce(context, values, pending, operator.level);
      reportChainedComparison(context, values.at(-1), operator);
      pending.push(operator);
    }
    for (const token of operand.prefixes) {
      const operator = prefix(token);
      reportLooseNot(context, pending.at(-1), operator);
      pending.push(operator);
    }
    values.push(operand.value);
  });
  reduce(context, values, pending, 0);
  return values[0];
}

function binary(token: IToken): Pending {
  if (!isBinary(token.image)) throw new InternalFault(`${token.image} is a binary operator`);
  return { arity: 2, operator: token.image, level: levels[token.image], token };
}

function prefix(token: IToken): Pending {
  if (!isPrefix(token.image)) throw new InternalFault(`${token.image} is a prefix operator`);
  return { arity: 1, operator: token.image, level: prefixLevels[token.image], token };
}

/** Applies pending operators that bind at least as tightly as `level`. */
function reduce(
  context: BuildContext,
  values: Expression[],
  pending: Pending[],
  level: number,
): void {
  for (let top = pending.at(-1); top !== undefined && top.level >= level; top = pending.at(-1)) {
    pending.pop();
    const right = values.pop();
    if (right === undefined) throw new InternalFault("every operator has its operand");
    if (top.arity === 1) {
      const span = cover(spanBetween(context, top.token), right.span);
      values.push({ kind: "unary", operator: top.operator, operand: right, span });
      continue;
    }
    const left = values.pop();
    if (left === undefined) throw new InternalFault("every binary operator has two operands");
    const span = cover(left.span, right.span);
    values.push({ kind: "binary", operator: top.operator, left, right, span });
  }
}

function isComparison(expression: Expression | undefined): expression is Binary {
  return expression?.kind === "binary" && levels[expression.operator] === COMPARISON;
}

/** `a < b < c`: the left side was just built, without parentheses around it. */
function reportChainedComparison(
  context: BuildContext,
  left: Expression | undefined,
  { level, token }: Pending,
): void {
  if (level !== COMPARISON || !isComparison(left)) return;
  context.findings.report(problem("CNN1044", {}), spanBetween(context, token), {
    related: [{ span: left.span, text: "the first comparison" }],
  });
}

/** `a == not b`: what `not` takes would end where nobody expects it. */
function reportLooseNot(
  context: BuildContext,
  before: Pending | undefined,
  { operator, level, token }: Pending,
): void {
  if (operator !== "not" || before === undefined || before.level <= level) return;
  const what = problem("CNN1045", { operator: before.operator });
  context.findings.report(what, spanBetween(context, token));
}

function refuse(context: BuildContext, operands: readonly Operand[], count: number): Expression {
  const first = operands[0].prefixes.at(0);
  const start = first === undefined ? operands[0].value.span : spanBetween(context, first);
  const span = cover(start, operands[operands.length - 1].value.span);
  reportLongChain(context, span, count);
  return missing(span);
}

export function reportLongChain(
  context: BuildContext,
  span: Expression["span"],
  count: number,
): void {
  context.findings.report(problem("CNN1092", { count, limit: LONGEST_CHAIN }), span);
}
