/**
 * What a name means where it is mentioned or called: a value, or a layer or block, whose result is
 * there once it has all its tensors.
 */
import { InternalFault, problem } from "../../diagnostics/diagnostic.ts";
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
  type Poison,
  type Site,
  type TensorValue,
  type Value,
  poison,
} from "./values.ts";

type Callable = Extract<Binding, { kind: "layer" | "block" }>;

/** A layer or block where it stands, with the arguments that it is given there. */
interface Mention {
  readonly callable: Callable;
  readonly signature: Signature;
  readonly matched: Matched;
  readonly expression: Call | Name;
  /** What a source is called: the name that a `let` gives it, or its own label. */
  readonly label?: Label;
}

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
      return evaluateMention(
        {
          callable: binding,
          signature: signatureOf(binding),
          matched: noArguments,
          expression: name,
        },
        context,
      );
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

function evaluateMatched(callable: Callable, call: Call, context: Context, label?: Label): Value {
  const signature = signatureOf(callable);
  const expression =
    callable.kind === "layer"
      ? withoutStatedInputs(callable.layer.kind, call, signature, context)
      : call;
  const matched = matchArguments(expression, signature, context.elaboration, (given, words) =>
    evaluateArgument(given.value, words, context),
  );
  if (!matched.valid) return poison;
  return evaluateMention(
    { callable, signature, matched, expression, ...(label !== undefined && { label }) },
    context,
  );
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

function signatureOf(callable: Callable): Signature {
  return callable.kind === "layer"
    ? signatureOfLayer(callable.layer)
    : signatureOfBlock(callable.block);
}

/** The result where all tensors are given, otherwise a layer that waits for the first. */
function evaluateMention(mention: Mention, context: Context): Value {
  const { callable, signature, matched, expression, label } = mention;
  const missing = signature.parameters.find((p) => p.required && !matched.values.has(p.name));
  if (missing !== undefined && expression.kind === "name") {
    const { name, expects, doc } = missing;
    const facts = { title: signature.title, name, expects, doc };
    context.elaboration.report(problem("CNN3005", facts), expression.span);
    return poison;
  }
  const isComplete = callable.kind === "layer" && signature.tensors.length === 0;
  const given = arrangeTensors(signature, matched);
  if (given === undefined || (given.length === 0 && !isComplete)) return waiting(mention, context);
  if (surplusTensors(signature, matched, false) > 0) return reportSurplus(mention, context);
  const site = { names: context.names, span: expression.span };
  return apply(mention, given, label === undefined ? site : { ...site, label }, context);
}

/** A layer that lacks the tensor that flows into it. */
function waiting(mention: Mention, context: Context): LayerValue {
  const { signature, matched, expression } = mention;
  const { title } = signature;
  return {
    kind: "layer",
    title,
    apply: (input, site) => {
      const tensors = arrangeTensors(signature, matched, input);
      if (tensors === undefined) {
        const name = signature.tensors[matched.tensors.length + matched.namedTensors.size + 1];
        const facts = { title, name, expects: "a tensor", doc: "" };
        context.elaboration.report(problem("CNN3005", facts), expression.span);
        return poison;
      }
      if (surplusTensors(signature, matched, true) > 0) return reportSurplus(mention, context);
      return apply(mention, tensors, site, context);
    },
  };
}

function apply(
  mention: Mention,
  tensors: readonly TensorValue[],
  site: Site,
  context: Context,
): Value {
  const { callable, matched, expression } = mention;
  if (callable.kind === "block") return callBlock({ ...callable, tensors, matched }, site, context);
  const { layer } = callable;
  const [input] = tensors;
  const meant =
    expression.kind === "name" || input === undefined
      ? matched
      : withoutChannels({ ...mention, call: expression }, layer.kind, input, context);
  // A source is no step of the sequence around it.
  const isStep = tensors.length > 0 || site.label !== undefined;
  return applyLayer(context.elaboration, {
    layer,
    attributes: attributesOf(layer, meant),
    inputs: tensors,
    name: isStep ? nameAt(site, layer.kind, context) : site.names.nextOperator(layer.kind),
    span: site.span,
    argumentSpans: new Map([...meant.values].map(([name, { span }]) => [name, span])),
  });
}

function reportSurplus({ callable, signature, expression }: Mention, context: Context): Poison {
  const { title, tensors } = signature;
  const block = callable.kind === "block" && tensors.length === 0 ? title : undefined;
  const got = block === undefined ? "a tensor too many" : "a tensor that flows in";
  const facts = { title, takes: tensors.length, got, ...(block !== undefined && { block }) };
  context.elaboration.report(problem("CNN3006", facts), expression.span);
  return poison;
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
