/** `+ - * /` on tensors: the layers add, sub, mul and div, where a number may stand on one side. */
import { problem } from "../diagnostics/diagnostic.ts";
import { layers } from "../layers/index.ts";
import type { Binary, Unary } from "../syntax/ast.ts";
import { applyLayer } from "./apply.ts";
import type { Context } from "./context.ts";
import { type Value, describe, poison } from "./values.ts";

const LAYER_OF: Readonly<Record<string, string>> = {
  "+": "add",
  "-": "sub",
  "*": "mul",
  "/": "div",
};

/** At least one side is a tensor. Unary minus comes as a product with -1. */
export function operateOnTensors(
  expression: Binary | Unary,
  left: Value,
  right: Value,
  context: Context,
): Value {
  const operator = expression.kind === "unary" ? "*" : expression.operator;
  const layer = layers.get(LAYER_OF[operator] ?? "");
  const [a, b] = [scalarOf(left), scalarOf(right)];
  const inputs = [left, right].filter((side) => side.kind === "tensor");
  if (layer === undefined || (inputs.length === 1 && a === undefined && b === undefined)) {
    const facts = { operator, left: describe(left), right: describe(right) };
    context.elaboration.report(problem("CNN3011", facts), expression.span);
    return poison;
  }
  return applyLayer(context.elaboration, {
    layer,
    attributes: { scalar: a ?? b ?? null, scalar_first: a !== undefined },
    inputs,
    name: context.names.nextOperator(layer.kind),
    span: expression.span,
    argumentSpans: new Map(),
  });
}

function scalarOf(value: Value): number | undefined {
  if (value.kind === "float") return value.value;
  return value.kind === "int" && typeof value.value === "number" ? value.value : undefined;
}
