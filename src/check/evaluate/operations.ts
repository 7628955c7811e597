/** Operators between values: known at once, or, where a tensor is involved, layers. */
import { problem } from "../../diagnostics/diagnostic.ts";
import { type Span, cover } from "../../diagnostics/span.ts";
import { formatDim } from "../../graph/dim.ts";
import type { Expression } from "../../syntax/ast.ts";
import { operateOnTensors } from "./arithmetic.ts";
import { type Context, reportType } from "./context.ts";
import { operate } from "./operators.ts";
import { type Value, poison } from "./values.ts";

/** @param pipelineStart the first step, where the operator stands behind an arrow */
export function evaluateBinary(
  expression: Extract<Expression, { kind: "binary" }>,
  context: Context,
  pipelineStart?: Span,
): Value {
  const { operator } = expression;
  const left = context.evaluator.evaluate(expression.left, context);
  if (operator === "and" || operator === "or") {
    return evaluateLogic(operator, left, expression, context);
  }
  const right = context.evaluator.evaluate(expression.right, context);
  if (left.kind === "poison" || right.kind === "poison") return poison;
  if (left.kind === "layer" || right.kind === "layer") {
    context.elaboration.report(
      problem("CNN3009", {
        operator,
        layer: left.kind === "layer" ? left.title : right.kind === "layer" ? right.title : "",
        ...(pipelineStart && { pipeline: cover(pipelineStart, expression.left.span) }),
        ...(operator === "*" && right.kind === "int" && { times: formatDim(right.value) }),
      }),
      expression.span,
    );
    return poison;
  }
  if (left.kind === "tensor" || right.kind === "tensor") {
    return operateOnTensors(expression, left, right, context);
  }
  const result = operate(operator, left, right);
  if (!("code" in result)) return result;
  context.elaboration.report(result, expression.span);
  return poison;
}

function evaluateLogic(
  operator: "and" | "or",
  left: Value,
  expression: Extract<Expression, { kind: "binary" }>,
  context: Context,
): Value {
  if (left.kind !== "bool") {
    reportType(context, "true or false", left, expression.left.span);
    return poison;
  }
  if (left.value === (operator === "or")) return left;
  const right = context.evaluator.evaluate(expression.right, context);
  if (right.kind === "bool") return right;
  reportType(context, "true or false", right, expression.right.span);
  return poison;
}

export function evaluateUnary(
  expression: Extract<Expression, { kind: "unary" }>,
  context: Context,
): Value {
  const value = context.evaluator.evaluate(expression.operand, context);
  if (expression.operator === "not") {
    if (value.kind === "bool") return { kind: "bool", value: !value.value };
    reportType(context, "true or false", value, expression.operand.span);
    return poison;
  }
  if (value.kind === "poison") return poison;
  const minusOne: Value = { kind: "int", value: -1 };
  if (value.kind === "tensor") return operateOnTensors(expression, value, minusOne, context);
  const result = operate("*", value, minusOne);
  if (!("code" in result)) return result;
  reportType(context, "a number or a tensor", value, expression.operand.span);
  return poison;
}
