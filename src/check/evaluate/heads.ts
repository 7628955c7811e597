/**
 * Whether an expression is a value or a layer, told without evaluating it. A group or a
 * branch that starts with a layer waits for its input, and must be evaluated anew at each
 * place where it is applied, so that each gets weights of its own.
 */
import { layers } from "../../layers/index.ts";
import type { Layer } from "../../layers/layer.ts";
import { formsOfCalls } from "../../layers/operators.ts";
import type { Body, Call, Expression } from "../../syntax/ast.ts";
import { TENSOR_FIELDS } from "./parts.ts";
import type { Scope } from "./scope.ts";
import { type Signature, signatureOfBlock, signatureOfLayer } from "./signature.ts";

type Head = "tensor" | "layer" | "other";

/** Heads of names that `let`s on the way bind. */
type Locals = ReadonlyMap<string, Head>;

export function isLayerExpression(expression: Expression, scope: Scope): boolean {
  return headOf(expression, scope, new Map()) === "layer";
}

/** Whether it is a call of a layer that reads no tensor, so that its label can come from around it. */
export function isSource(expression: Expression, scope: Scope): expression is Call {
  if (expression.kind !== "call") return false;
  const binding = scope.lookup(expression.callee.text);
  return binding?.kind === "layer" && binding.layer.inputs.length === 0;
}

export function isLayerBody(body: Body, scope: Scope): boolean {
  return headOfBody(body, scope, new Map()) === "layer";
}

export function headOf(expression: Expression, scope: Scope, locals: Locals = new Map()): Head {
  switch (expression.kind) {
    case "pipeline":
      return headOf(expression.steps[0], scope, locals);
    case "labelled":
      return isSource(expression.value, scope) ? "tensor" : "layer";
    case "repeat":
    case "list":
      return "layer";
    case "name":
      return locals.get(expression.text) ?? headOfName(expression.text, scope);
    case "call":
      return headOfCall(expression, scope, locals);
    case "parenthesized":
      return headOf(expression.value, scope, locals);
    case "group":
      return headOfBody(expression.body, scope, locals);
    case "if":
      return headOfBody(expression.then, scope, locals);
    case "binary": {
      const { left, right } = expression;
      const either = [left, right].some((side) => headOf(side, scope, locals) === "tensor");
      return either ? "tensor" : "other";
    }
    case "unary":
      return headOf(expression.operand, scope, locals);
    case "field":
      return TENSOR_FIELDS.includes(expression.name.text) ? "other" : "tensor";
    case "index":
      return headOf(expression.object, scope, locals);
    case "int":
    case "float":
    case "bool":
    case "string":
    case "tuple":
    case "record":
    case "missing":
      return "other";
    default:
      return expression satisfies never;
  }
}

function headOfBody(body: Body, scope: Scope, outer: Locals): Head {
  if (body.result === undefined) return "other";
  const locals = new Map(outer);
  for (const { names, value } of body.lets) {
    const head = headOf(value, scope, locals);
    for (const name of names) locals.set(name.text, head);
  }
  return headOf(body.result, scope, locals);
}

function headOfName(name: string, scope: Scope): Head {
  const binding = scope.lookup(name);
  switch (binding?.kind) {
    case "value":
      if (binding.value.kind === "tensor" || binding.value.kind === "tuple") return "tensor";
      return binding.value.kind === "layer" ? "layer" : "other";
    case "layer":
    case "block":
      return "layer";
    case "const":
    case undefined:
      return "other";
    default:
      return binding satisfies never;
  }
}

/**
 * What a call stands for that has a number in place of one of two tensors: `pow(x, 2)` is
 * `pow_scalar(x, 2)`, and `x -> maximum(0.1)` is `x -> maximum_scalar(0.1)`.
 */
export function withNumber(
  layer: Layer,
  call: Call,
  scope: Scope,
  locals: Locals = new Map(),
): { readonly layer: Layer; readonly call: Call } {
  const forms = formsOfCalls.get(layer.kind);
  if (forms === undefined || call.arguments.some(({ name }) => name !== undefined)) {
    return { layer, call };
  }
  const heads = call.arguments.map(({ value }) => headOf(value, scope, locals)).join(" ");
  const form = (kind: string, given: Call["arguments"]) => ({
    layer: layers.get(kind) ?? layer,
    call: { ...call, arguments: given },
  });
  if (heads === "other" || heads === "tensor other") return form(forms.tensorFirst, call.arguments);
  if (heads === "other tensor") return form(forms.numberFirst, call.arguments.toReversed());
  return { layer, call };
}

/** A call is a value as soon as all its tensors are given. */
function headOfCall(call: Call, scope: Scope, locals: Locals): Head {
  const binding = scope.lookup(call.callee.text);
  if (binding?.kind !== "layer" && binding?.kind !== "block") return "other";
  if (binding.kind === "block") {
    return headOfComplete(call, signatureOfBlock(binding.block), scope, locals);
  }
  const meant = withNumber(binding.layer, call, scope, locals);
  return headOfComplete(meant.call, signatureOfLayer(meant.layer), scope, locals);
}

function headOfComplete(
  call: Call,
  { tensors, variadic }: Signature,
  scope: Scope,
  locals: Locals,
): Head {
  const given = call.arguments.filter(({ name, value }) => {
    if (name !== undefined && !tensors.includes(name.text)) return false;
    return headOf(value, scope, locals) === "tensor";
  }).length;
  const needed = variadic ? 1 : tensors.length;
  return given >= needed ? "tensor" : "layer";
}
