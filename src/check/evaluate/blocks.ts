/** Calling a block: its parameters are bound, its promises checked, its body evaluated. */
import { problem } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../diagnostics/span.ts";
import { formatDim } from "../../graph/dim.ts";
import { formatType } from "../../graph/tensor-type.ts";
import type { Block, Expression, Model, ResultType } from "../../syntax/ast.ts";
import { partsOf } from "../../syntax/parts.ts";
import type { Module } from "../modules.ts";
import type { Matched } from "./arguments.ts";
import { type Context, nameAt, reportType } from "./context.ts";
import { reservedNames } from "./labels.ts";
import { snakeCase } from "./names.ts";
import { Scope } from "./scope.ts";
import { matchShape } from "./shapes.ts";
import { isTensorParameter } from "./signature.ts";
import { type Site, type TensorValue, type Value, poison } from "./values.ts";

export interface BlockCall {
  readonly block: Block | Model;
  readonly module: Module;
  readonly tensors: readonly TensorValue[];
  readonly matched: Matched;
}

export function callBlock(call: BlockCall, site: Site, caller: Context): Value {
  const { block, module } = call;
  const title = block.name.text;
  const path = nameAt(site, snakeCase(title), caller);
  const context: Context = {
    ...caller,
    scope: Scope.of(module).inner(),
    names: site.names.inside(path, "body", reservedNames(block.body)),
  };
  const key = `${title} of ${module.source.name}`;
  const result = caller.elaboration.within("blocks", key, title, site.span, () => {
    if (!bindParameters(call, site.span, context) || !promisesHold(call, site.span, context)) {
      return poison;
    }
    return evaluateToResult(block, context);
  });
  if ("kind" in result) return result;
  caller.elaboration.report(problem("CNN3012", { cycle: result.cycle }), site.span);
  return poison;
}

/** A body's value, which must not be a layer, against the declared result. */
export function evaluateToResult(block: Block | Model, context: Context): Value {
  const value = context.evaluator.evaluateBody(block.body, context);
  const span = block.body.result?.span ?? block.body.span;
  if (value.kind === "layer") {
    const [input] = block.parameters;
    context.elaboration.report(
      problem("CNN3022", { name: block.name.text, input: input?.name.text ?? "x" }),
      span,
    );
    return poison;
  }
  if (!isResult(value)) {
    reportType(context, "a tensor as the result", value, span);
    return poison;
  }
  if (block.result !== undefined) checkResult(block.result, value, span, context);
  return value;
}

function isResult(value: Value): boolean {
  if (value.kind === "record") return [...value.fields.values()].every(isResult);
  if (value.kind === "tuple") return value.items.every(isResult);
  return value.kind === "tensor";
}

function bindParameters(call: BlockCall, span: Span, context: Context): boolean {
  const { block, matched } = call;
  const waiting = [...call.tensors];
  let valid = true;
  for (const parameter of block.parameters) {
    const name = parameter.name.text;
    if (isTensorParameter(parameter)) {
      const tensor = waiting.shift();
      if (tensor === undefined) return false;
      context.scope.bind(name, tensor);
      if (parameter.type?.kind !== "list") continue;
      const mismatch = matchShape(parameter.type, tensor.type, context, "bind");
      if (mismatch === undefined) continue;
      valid = false;
      context.elaboration.reportSizes(
        {
          ...problem("CNN2032", {
            ...mismatch.facts,
            block: block.name.text,
            parameter: name,
            actual: formatType(tensor.type),
          }),
          blame: mismatch.blame,
        },
        span,
        [tensor],
        {
          ...mismatch.details,
          related: [{ span: parameter.span, text: `${name} is declared here` }],
        },
      );
    } else {
      const given = matched.values.get(name)?.value;
      const value =
        given ?? (parameter.default && context.evaluator.evaluate(parameter.default, context));
      context.scope.bind(name, value ?? poison);
    }
  }
  return valid;
}

function promisesHold({ block, tensors }: BlockCall, span: Span, context: Context): boolean {
  return block.where.every((condition) => {
    const value = context.evaluator.evaluate(condition, context);
    if (value.kind === "poison" || (value.kind === "bool" && value.value)) return true;
    if (value.kind !== "bool") reportType(context, "a condition", value, condition.span);
    else {
      const blame = tensors.map((_, input) => ({ input }));
      const broken = { ...problem("CNN2034", { block: block.name.text }), blame };
      context.elaboration.reportSizes(broken, span, tensors, {
        related: [{ span: condition.span, text: "this must hold" }],
        notes: namedSizes(condition, context),
      });
    }
    return false;
  });
}

/** `here H = 15`. */
function namedSizes(condition: Expression, { scope }: Context): readonly string[] {
  const sizes = new Map<string, string>();
  const visit = (expression: Expression): void => {
    if (expression.kind === "name") {
      const binding = scope.lookup(expression.text);
      if (binding?.kind === "value" && binding.value.kind === "int") {
        sizes.set(expression.text, formatDim(binding.value.value));
      }
    }
    partsOf(expression).expressions.forEach(visit);
  };
  visit(condition);
  const texts = [...sizes].map(([name, size]) => `${name} = ${size}`);
  return texts.length === 0 ? [] : [`here ${texts.join(", ")}`];
}

function checkResult(declared: ResultType, value: Value, span: Span, context: Context): void {
  if (declared.kind === "list") {
    if (value.kind === "tensor") checkShape(declared, value, context);
    else reportType(context, "one tensor, as declared", value, span);
    return;
  }
  if (value.kind !== "record") {
    reportType(context, "a record, as declared: `{ name = …, … }`", value, span);
    return;
  }
  for (const { name, shape } of declared.fields) {
    const field = value.fields.get(name.text);
    if (field?.kind === "tensor") checkShape(shape, field, context);
    else if (field === undefined) {
      const known = [...value.fields.keys()];
      context.elaboration.report(
        problem("CNN3019", { name: name.text, of: "the result", known }),
        name.span,
      );
    } else reportType(context, "a tensor", field, span);
  }
}

function checkShape(
  declared: Extract<ResultType, { kind: "list" }>,
  value: TensorValue,
  context: Context,
): void {
  const mismatch = matchShape(declared, value.type, context, "check");
  if (mismatch === undefined) return;
  context.elaboration.reportSizes(
    {
      ...problem("CNN2033", { ...mismatch.facts, actual: formatType(value.type) }),
      blame: mismatch.blame,
    },
    declared.span,
    [value],
    mismatch.details,
  );
}
