/**
 * Expressions to values: the heart of the checker. Evaluating a pipeline builds the graph;
 * what cannot be evaluated was reported and becomes poison, which flows on in silence.
 */
import { problem } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../diagnostics/span.ts";
import type { Body, Expression, Let, Pipeline } from "../../syntax/ast.ts";
import { evaluateCall, evaluateName } from "./calls.ts";
import { type Context, type Evaluator, reportType } from "./context.ts";
import {
  applyStep,
  assertion,
  branch,
  chooseBranch,
  composition,
  group,
  instance,
  labelOf,
  labelled,
  repetition,
} from "./groups.ts";
import { isLayerBody, isLayerExpression, isSource } from "./heads.ts";
import { evaluateBinary, evaluateUnary } from "./operations.ts";
import { evaluateField, evaluateIndex, evaluateRecord, tupleOf } from "./parts.ts";
import { type LayerValue, type Value, poison } from "./values.ts";

export const evaluator: Evaluator = { evaluate, evaluateBody, evaluateStep };

function evaluate(expression: Expression, context: Context): Value {
  context.elaboration.spend(expression.span);
  switch (expression.kind) {
    case "pipeline":
      return evaluatePipeline(expression, context);
    case "call":
      return evaluateCall(expression, context);
    case "name":
      return evaluateName(expression, context);
    case "int":
      return { kind: "int", value: expression.value };
    case "float":
      return { kind: "float", value: expression.value };
    case "bool":
      return { kind: "bool", value: expression.value };
    case "string":
      return { kind: "string", value: expression.value };
    case "tuple":
    case "list":
      return tupleOf(expression.items.map((item) => evaluate(item, context)));
    case "record":
      return evaluateRecord(expression, context);
    case "parenthesized":
      return evaluate(expression.value, context);
    case "binary":
      return evaluateBinary(expression, context);
    case "unary":
      return evaluateUnary(expression, context);
    case "field":
      return evaluateField(expression, context);
    case "index":
      return evaluateIndex(expression, context);
    case "group":
      return isLayerBody(expression.body, context.scope)
        ? group(expression.body, context)
        : evaluateBody(expression.body, context);
    case "if": {
      if (isLayerBody(expression.then, context.scope)) return branch(expression, context);
      const body = chooseBranch(expression, context);
      if (body === "poison") return poison;
      if (body !== undefined) return evaluateBody(body, context);
      context.elaboration.report(problem("CNN3025", {}), expression.span);
      return poison;
    }
    case "labelled":
      return isSource(expression.value, context.scope)
        ? evaluateCall(expression.value, context, labelOf(expression))
        : (evaluateStep(expression, context) ?? poison);
    case "repeat":
      return evaluateStep(expression, context) ?? poison;
    case "missing":
      return poison;
    default:
      return expression satisfies never;
  }
}

/** A step of a pipeline: what is not a layer cannot stand there. */
function evaluateStep(
  step: Expression,
  context: Context,
  pipelineStart?: Span,
): LayerValue | undefined {
  switch (step.kind) {
    case "list":
      return assertion(step, context);
    case "group":
      return group(step.body, context);
    case "if":
      return branch(step, context);
    case "repeat":
      return repetition(step, context);
    case "labelled": {
      const layer = evaluateStep(step.value, context);
      return layer && labelled(step, layer);
    }
    default: {
      const value =
        step.kind === "binary" && pipelineStart !== undefined
          ? evaluateBinary(step, context, pipelineStart)
          : evaluate(step, context);
      if (value.kind === "layer") return value;
      if (value.kind === "tensor" && step.kind === "call") {
        const help = "a call that has all its tensors is a value: start the pipeline with it";
        reportType(context, "a layer behind `->`", value, step.span, [help]);
      } else reportType(context, "a layer behind `->`", value, step.span);
      return undefined;
    }
  }
}

function evaluatePipeline({ steps }: Pipeline, context: Context): Value {
  const [first, ...rest] = steps;
  const head = isLayerExpression(first, context.scope)
    ? (evaluateStep(first, context) ?? poison)
    : evaluate(first, context);
  if (head.kind === "layer") {
    const layers = [{ layer: head, expression: first }];
    for (const expression of rest) {
      const layer = evaluateStep(expression, context);
      if (layer === undefined) return poison;
      layers.push({ layer, expression });
    }
    return composition(layers, context);
  }
  let value: Value = head;
  if (head.kind !== "tensor" && head.kind !== "tuple" && head.kind !== "record") {
    reportType(context, "a tensor or a layer before `->`", head, first.span);
    value = poison;
  }
  for (const step of rest) {
    // Also behind a mistake, so that the arguments of every step are checked.
    const layer = evaluateStep(step, context, first.span);
    value =
      layer === undefined
        ? poison
        : applyStep(layer, value, { names: context.names, span: step.span }, context);
  }
  return value;
}

function evaluateBody(body: Body, context: Context): Value {
  const inner = { ...context, scope: context.scope.inner() };
  for (const binding of body.lets) bindLet(binding, inner);
  return body.result === undefined ? poison : evaluate(body.result, inner);
}

function bindLet(binding: Let, context: Context): void {
  const [first] = binding.names;
  const label = { text: first.text, span: first.span };
  const value = isSource(binding.value, context.scope)
    ? evaluateCall(binding.value, context, label)
    : evaluate(binding.value, context);
  if (!binding.destructured) {
    context.scope.bind(
      first.text,
      value.kind === "layer" ? instance(value, label, context) : value,
    );
    return;
  }
  const items = value.kind === "tuple" ? value.items : undefined;
  if (items?.length !== binding.names.length) {
    const expected = `a tuple of ${binding.names.length}`;
    reportType(context, expected, value, binding.value.span);
  }
  binding.names.forEach((name, i) => {
    const fits = items?.length === binding.names.length;
    context.scope.bind(name.text, fits && items !== undefined ? items[i] : poison);
  });
}
