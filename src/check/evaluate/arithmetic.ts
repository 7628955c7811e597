/** Operators where a tensor is involved: layers of two tensors, or of a tensor and a number. */
import { problem } from "../../diagnostics/diagnostic.ts";
import { layers } from "../../layers/index.ts";
import { type Forms, operators } from "../../layers/operators.ts";
import type { Binary, Unary } from "../../syntax/ast.ts";
import { applyLayer } from "./apply.ts";
import type { Context } from "./context.ts";
import { type Value, describe, numberOf, poison } from "./values.ts";

/** At least one side is a tensor. Unary minus comes as a product with -1. */
export function operateOnTensors(
  expression: Binary | Unary,
  left: Value,
  right: Value,
  context: Context,
): Value {
  const operator = expression.kind === "unary" ? "*" : expression.operator;
  const chosen = isTensorOperator(operator) ? choose(operators[operator], left, right) : undefined;
  const layer = chosen && layers.get(chosen.kind);
  if (chosen === undefined || layer === undefined) {
    const facts = { operator, left: describe(left), right: describe(right) };
    context.elaboration.report(problem("CNN3011", facts), expression.span);
    return poison;
  }
  return applyLayer(context.elaboration, {
    layer,
    attributes: chosen.scalar === undefined ? {} : { scalar: chosen.scalar },
    inputs: [left, right].filter((side) => side.kind === "tensor"),
    name: context.names.nextOperator(layer.kind),
    span: expression.span,
    argumentSpans: new Map(),
  });
}

interface Choice {
  readonly kind: string;
  readonly scalar?: number;
}

function choose(
  { tensors, tensorFirst, numberFirst }: Forms,
  left: Value,
  right: Value,
): Choice | undefined {
  if (left.kind === "tensor" && right.kind === "tensor") return { kind: tensors };
  const [a, b] = [numberOf(left), numberOf(right)];
  if (b !== undefined) return { kind: tensorFirst, scalar: b };
  return a === undefined ? undefined : { kind: numberFirst, scalar: a };
}

function isTensorOperator(operator: string): operator is keyof typeof operators {
  return Object.hasOwn(operators, operator);
}
