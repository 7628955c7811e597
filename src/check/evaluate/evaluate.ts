/**
 * Expressions to values: the heart of the checker. Evaluating a pipeline builds the graph;
 * what cannot be evaluated was reported and becomes poison, which flows on in silence.
 */
import { InternalFault, problem } from "../../diagnostics/diagnostic.ts";
import { type Span, cover } from "../../diagnostics/span.ts";
import { type Attributes, type AttributeValue } from "../../graph/attributes.ts";
import type { Layer } from "../../layers/layer.ts";
import type {
  Body,
  Call,
  Expression,
  Field,
  Index,
  Let,
  Name,
  Pipeline,
  RecordExpression,
} from "../../syntax/ast.ts";
import { applyLayer } from "./apply.ts";
import {
  type Matched,
  arrangeTensors,
  matchArguments,
  noArguments,
  surplusTensors,
} from "./arguments.ts";
import { operateOnTensors } from "./arithmetic.ts";
import { callBlock } from "./blocks.ts";
import { type Context, type Evaluator, nameAt, reportType } from "./context.ts";
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
import { isLayerBody, isLayerExpression, isSource, withNumber } from "./heads.ts";
import { withoutChannels, withoutStatedInputs } from "./inputs-first.ts";
import { operate } from "./operators.ts";
import { type Binding, Scope } from "./scope.ts";
import { type Signature, argumentOf, signatureOfBlock, signatureOfLayer } from "./signature.ts";
import {
  type Label,
  type LayerValue,
  type Site,
  type TensorValue,
  type Value,
  poison,
} from "./values.ts";

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

function evaluateName(name: Name, context: Context): Value {
  const binding = context.scope.lookup(name.text);
  switch (binding?.kind) {
    case undefined:
      return poison; // `resolve` has reported it.
    case "value":
      return binding.value;
    case "const":
      return evaluateConst(binding, context);
    case "layer":
    case "block":
      return evaluateCallable(binding, noArguments, name, context);
    default:
      return binding satisfies never;
  }
}

/** A constant is evaluated where it is mentioned: without names around it, it is always the same. */
function evaluateConst(
  { declaration, module }: Extract<Binding, { kind: "const" }>,
  context: Context,
): Value {
  const scope = Scope.of(module);
  const key = `const ${declaration.name.text} of ${module.source.name}`;
  const { name, span, value } = declaration;
  const result = context.elaboration.within("constants", key, name.text, span, () =>
    evaluate(value, { ...context, scope }),
  );
  if ("kind" in result) return result;
  const { cycle } = result;
  context.elaboration.report(problem("CNN3012", { cycle }), span);
  return poison;
}

/** @param label what a source is called: the name that a `let` gives it, or its own label */
function evaluateCall(call: Call, context: Context, label?: Label): Value {
  const binding = context.scope.lookup(call.callee.text);
  if (binding?.kind === "layer") {
    const meant = withNumber(binding.layer, call, context.scope);
    return evaluateMatched({ ...binding, layer: meant.layer }, meant.call, context, label);
  }
  if (binding?.kind === "block") return evaluateMatched(binding, call, context);
  const callee = evaluateName(call.callee, context);
  if (callee.kind === "layer") return callInstance(callee, call, context);
  for (const argument of call.arguments) evaluate(argument.value, context);
  reportType(context, "a layer or a block before `(`", callee, call.callee.span);
  return poison;
}

function evaluateMatched(
  binding: Extract<Binding, { kind: "layer" | "block" }>,
  call: Call,
  context: Context,
  label?: Label,
): Value {
  const signature = signatureOf(binding);
  const meant =
    binding.kind === "layer"
      ? withoutStatedInputs(binding.layer.kind, call, signature, context)
      : call;
  const matched = matchArguments(meant, signature, context.elaboration, (given, words) =>
    evaluateArgument(given.value, words, context),
  );
  return matched.valid ? evaluateCallable(binding, matched, meant, context, label) : poison;
}

/** `embed(x)` for a layer that `let` or a parameter holds. */
function callInstance(layer: LayerValue, call: Call, context: Context): Value {
  const [argument, ...surplus] = call.arguments;
  if (argument === undefined) return layer;
  const input = evaluate(argument.value, context);
  if (input.kind === "tensor" && surplus.length === 0 && argument.name === undefined) {
    return layer.apply(input, { names: context.names, span: call.span });
  }
  reportType(context, "one tensor, since the layer has its arguments already", input, call.span);
  return poison;
}

function signatureOf(binding: Extract<Binding, { kind: "layer" | "block" }>): Signature {
  return binding.kind === "layer"
    ? signatureOfLayer(binding.layer)
    : signatureOfBlock(binding.block);
}

/** The result where all tensors are given, otherwise a layer that waits for the first. */
function evaluateCallable(
  binding: Extract<Binding, { kind: "layer" | "block" }>,
  matched: Matched,
  expression: Call | Name,
  context: Context,
  label?: Label,
): Value {
  const signature = signatureOf(binding);
  const missing = signature.parameters.find((p) => p.required && !matched.values.has(p.name));
  if (missing !== undefined && expression.kind === "name") {
    const { name, expects, doc } = missing;
    context.elaboration.report(
      problem("CNN3005", { title: signature.title, name, expects, doc }),
      expression.span,
    );
    return poison;
  }
  const asMeant = ({ kind }: Layer, [input]: readonly TensorValue[]): Matched =>
    expression.kind === "name" || input === undefined
      ? matched
      : withoutChannels(kind, expression, signature, matched, input, context);
  const apply = (tensors: readonly TensorValue[], site: Site): Value =>
    binding.kind === "layer"
      ? applyBuiltin(binding.layer, tensors, asMeant(binding.layer, tensors), site, context)
      : callBlock({ ...binding, tensors, matched }, site, context);
  const isComplete = binding.kind === "layer" && signature.tensors.length === 0;
  const given = arrangeTensors(signature, matched);
  if (given !== undefined && (given.length > 0 || isComplete)) {
    if (surplusTensors(signature, matched, false) > 0) {
      reportSurplus(signature, expression.span, context);
      return poison;
    }
    const site = { names: context.names, span: expression.span };
    return apply(given, label === undefined ? site : { ...site, label });
  }
  return {
    kind: "layer",
    title: signature.title,
    apply: (input, site) => {
      const tensors = arrangeTensors(signature, matched, input);
      if (tensors === undefined) {
        const name = signature.tensors[matched.tensors.length + matched.namedTensors.size + 1];
        context.elaboration.report(
          problem("CNN3005", { title: signature.title, name, expects: "a tensor", doc: "" }),
          expression.span,
        );
        return poison;
      }
      if (surplusTensors(signature, matched, true) > 0) {
        reportSurplus(signature, expression.span, context);
        return poison;
      }
      return apply(tensors, site);
    },
  };
}

function reportSurplus(signature: Signature, span: Span, context: Context): void {
  const got = "a tensor too many";
  const facts = { title: signature.title, takes: signature.tensors.length, got };
  context.elaboration.report(problem("CNN3006", facts), span);
}

function applyBuiltin(
  layer: Layer,
  inputs: readonly TensorValue[],
  matched: Matched,
  site: Site,
  context: Context,
): Value {
  const argumentSpans = new Map([...matched.values].map(([name, { span }]) => [name, span]));
  // A source is no step of the sequence around it.
  const isStep = inputs.length > 0 || site.label !== undefined;
  return applyLayer(context.elaboration, {
    layer,
    attributes: attributesOf(layer, matched),
    inputs,
    name: isStep ? nameAt(site, layer.kind, context) : site.names.nextOperator(layer.kind),
    span: site.span,
    argumentSpans,
  });
}

function attributesOf(layer: Layer, matched: Matched): Attributes {
  const attributes: Record<string, AttributeValue> = {};
  for (const [name, parameter] of Object.entries(layer.parameters)) {
    const given = matched.values.get(name)?.value;
    const argument = given && argumentOf(given);
    const value = argument === undefined ? parameter.default : parameter.accept(argument);
    if (value === undefined) {
      throw new InternalFault(`the arguments of ${layer.kind} were matched without \`${name}\``);
    }
    attributes[name] = value;
  }
  return attributes;
}

/** An argument, where bare words such as `same` mean themselves if nothing else is called so. */
function evaluateArgument(
  expression: Expression,
  words: readonly string[],
  context: Context,
): Value {
  if (words.length > 0) {
    if (expression.kind === "tuple" || expression.kind === "list") {
      return tupleOf(expression.items.map((item) => evaluateArgument(item, words, context)));
    }
    if (expression.kind === "name" && words.includes(expression.text)) {
      const binding = context.scope.lookup(expression.text);
      if (binding === undefined || binding.kind === "layer") {
        return { kind: "word", value: expression.text };
      }
    }
  }
  return evaluate(expression, context);
}

function tupleOf(items: readonly Value[]): Value {
  return items.some((item) => item.kind === "poison") ? poison : { kind: "tuple", items };
}

function evaluateRecord(record: RecordExpression, context: Context): Value {
  const fields = new Map<string, Value>();
  for (const { name, value } of record.fields) {
    if (fields.has(name.text)) {
      context.elaboration.report(problem("CNN3002", { name: name.text }), name.span);
    }
    fields.set(name.text, evaluate(value, context));
  }
  return { kind: "record", fields };
}

/** @param pipelineStart the first step, where the operator stands behind an arrow */
function evaluateBinary(
  expression: Extract<Expression, { kind: "binary" }>,
  context: Context,
  pipelineStart?: Span,
): Value {
  const { operator } = expression;
  const left = evaluate(expression.left, context);
  if (operator === "and" || operator === "or") {
    return evaluateLogic(operator, left, expression, context);
  }
  const right = evaluate(expression.right, context);
  if (left.kind === "poison" || right.kind === "poison") return poison;
  if (left.kind === "layer" || right.kind === "layer") {
    context.elaboration.report(
      problem("CNN3009", {
        operator,
        layer: left.kind === "layer" ? left.title : right.kind === "layer" ? right.title : "",
        ...(pipelineStart && { pipeline: cover(pipelineStart, expression.left.span) }),
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
  const right = evaluate(expression.right, context);
  if (right.kind === "bool") return right;
  reportType(context, "true or false", right, expression.right.span);
  return poison;
}

function evaluateUnary(
  expression: Extract<Expression, { kind: "unary" }>,
  context: Context,
): Value {
  const value = evaluate(expression.operand, context);
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

const TENSOR_FIELDS = ["batch", "channels", "height", "width"];

function evaluateField({ object, name, span }: Field, context: Context): Value {
  const value = evaluate(object, context);
  if (value.kind === "tensor") {
    const { shape } = value.type;
    const axis = TENSOR_FIELDS.indexOf(name.text);
    if (axis >= 0 && axis < shape.length) return { kind: "int", value: shape[axis] };
    if (name.text === "rank") return { kind: "int", value: shape.length };
    if (name.text === "shape") {
      return { kind: "tuple", items: shape.map((size) => ({ kind: "int", value: size })) };
    }
    const known = [...TENSOR_FIELDS.slice(0, shape.length), "rank", "shape"];
    context.elaboration.report(
      problem("CNN3019", { name: name.text, of: "this tensor", known }),
      name.span,
    );
    return poison;
  }
  if (value.kind === "record") {
    const field = value.fields.get(name.text);
    if (field !== undefined) return field;
    const known = [...value.fields.keys()];
    context.elaboration.report(
      problem("CNN3019", { name: name.text, of: "this record", known }),
      name.span,
    );
    return poison;
  }
  reportType(context, "a tensor or a record before `.`", value, span);
  return poison;
}

function evaluateIndex({ object, index }: Index, context: Context): Value {
  const value = evaluate(object, context);
  const at = evaluate(index, context);
  if (value.kind === "poison" || at.kind === "poison") return poison;
  if (value.kind !== "tuple") {
    reportType(context, "a tuple before `[`", value, object.span);
    return poison;
  }
  if (at.kind !== "int" || typeof at.value !== "number") {
    reportType(context, "a known int", at, index.span);
    return poison;
  }
  const item = value.items.at(at.value);
  if (item !== undefined) return item;
  context.elaboration.report(
    problem("CNN3020", { index: at.value, length: value.items.length }),
    index.span,
  );
  return poison;
}
