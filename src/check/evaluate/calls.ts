/**
 * What a name means where it is mentioned or called: a value, or a layer or block, whose result is
 * there once it has all its tensors.
 */
import { InternalFault, problem } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../diagnostics/span.ts";
import type { AttributeValue, Attributes } from "../../graph/attributes.ts";
import type { Layer } from "../../layers/layer.ts";
import type { Call, Expression, Name } from "../../syntax/ast.ts";
import { applyLayer } from "./apply.ts";
import {
  type Matched,
  arrangeTensors,
  matchArguments,
  noArguments,
  surplusTensors,
} from "./arguments.ts";
import { callBlock } from "./blocks.ts";
import { type Context, nameAt, reportType } from "./context.ts";
import { withNumber } from "./heads.ts";
import { withoutChannels, withoutStatedInputs } from "./inputs-first.ts";
import { tupleOf } from "./parts.ts";
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

export function evaluateName(name: Name, context: Context): Value {
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
    context.evaluator.evaluate(value, { ...context, scope }),
  );
  if ("kind" in result) return result;
  const { cycle } = result;
  context.elaboration.report(problem("CNN3012", { cycle }), span);
  return poison;
}

/** @param label what a source is called: the name that a `let` gives it, or its own label */
export function evaluateCall(call: Call, context: Context, label?: Label): Value {
  const binding = context.scope.lookup(call.callee.text);
  if (binding?.kind === "layer") {
    const meant = withNumber(binding.layer, call, context.scope);
    return evaluateMatched({ ...binding, layer: meant.layer }, meant.call, context, label);
  }
  if (binding?.kind === "block") return evaluateMatched(binding, call, context);
  const callee = evaluateName(call.callee, context);
  if (callee.kind === "layer") return callInstance(callee, call, context);
  for (const argument of call.arguments) context.evaluator.evaluate(argument.value, context);
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
  const input = context.evaluator.evaluate(argument.value, context);
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
      reportSurplus(binding.kind, signature, expression.span, context);
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
        reportSurplus(binding.kind, signature, expression.span, context);
        return poison;
      }
      return apply(tensors, site);
    },
  };
}

function reportSurplus(
  kind: "layer" | "block",
  { title, tensors }: Signature,
  span: Span,
  context: Context,
): void {
  const block = kind === "block" && tensors.length === 0 ? title : undefined;
  const got = block === undefined ? "a tensor too many" : "a tensor that flows in";
  const facts = { title, takes: tensors.length, got, ...(block !== undefined && { block }) };
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
  return context.evaluator.evaluate(expression, context);
}
