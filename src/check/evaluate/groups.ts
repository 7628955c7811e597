/** Layers made of layers: compositions, groups, branches, repetition, labels, shared instances. */
import { problem } from "../../diagnostics/diagnostic.ts";
import type { Body, Expression, If, Labelled, ListExpression, Repeat } from "../../syntax/ast.ts";
import { formatType } from "../../graph/tensor-type.ts";
import { type Context, namesOfSteps, reportType } from "./context.ts";
import { matchShape } from "./shapes.ts";
import {
  type Label,
  type LayerValue,
  type Site,
  type TensorValue,
  type Value,
  poison,
} from "./values.ts";

interface Step {
  readonly layer: LayerValue;
  readonly expression: Expression;
}

/** `a -> b` of layers. */
export function composition(steps: readonly Step[], context: Context): LayerValue {
  return {
    kind: "layer",
    title: steps.map(({ layer }) => layer.title).join(" -> "),
    apply: (input, site) => {
      const names = namesOfSteps(site, context);
      let value: Value = input;
      for (const { layer, expression } of steps) {
        value = applyStep(layer, value, { names, span: expression.span }, context);
      }
      return value;
    },
  };
}

/** Applies a layer to what flows into it, which must be one tensor. */
export function applyStep(layer: LayerValue, value: Value, site: Site, context: Context): Value {
  if (value.kind === "poison") return poison;
  if (value.kind === "tensor") return layer.apply(value, site);
  reportType(context, "one tensor", value, site.span, [
    value.kind === "tuple"
      ? "name the parts: `let (a, b) = …`, or take one: `parts[0]`"
      : "take one of its fields",
  ]);
  return poison;
}

/** `label: layer`. */
export function labelled(expression: Labelled, layer: LayerValue): LayerValue {
  const label = labelOf(expression);
  return {
    kind: "layer",
    title: layer.title,
    apply: (input, { names, span }) => layer.apply(input, { names, label, span }),
  };
}

export function labelOf({ label }: Labelled): Label {
  return { text: label.kind === "name" ? label.text : label.value, span: label.span };
}

/** What `let` makes of a layer: one instance, whose uses share their weights. */
export function instance(layer: LayerValue, label: Label, context: Context): LayerValue {
  let used = false;
  return {
    kind: "layer",
    title: label.text,
    apply: (input, { span }) => {
      const names = used ? context.names.repeated() : context.names;
      used = true;
      return layer.apply(input, { names, label, span });
    },
  };
}

/** `{ … }` that starts with a layer; evaluated anew at each use. */
export function group(body: Body, context: Context): LayerValue {
  return {
    kind: "layer",
    title: "a group",
    apply: (input, site) => {
      const names = namesOfSteps(site, context);
      return applyBody(body, input, { names, span: site.span }, context);
    },
  };
}

function applyBody(body: Body, input: TensorValue, site: Site, context: Context): Value {
  const inner = { ...context, names: site.names };
  const value = context.evaluator.evaluateBody(body, inner);
  if (value.kind === "layer") {
    return context.elaboration.inside(site.span, () => value.apply(input, site));
  }
  reportType(
    context,
    "a layer, since a value flows into this group",
    value,
    body.result?.span ?? body.span,
    ["start the group with a layer, without naming the value"],
  );
  return poison;
}

/** `if` whose branches start with layers. Without `else`, the value passes by unchanged. */
export function branch(expression: If, context: Context): LayerValue {
  return {
    kind: "layer",
    title: "if",
    apply: (input, site) => {
      const chosen = chooseBranch(expression, context);
      if (chosen === "poison") return poison;
      return chosen === undefined ? input : group(chosen, context).apply(input, site);
    },
  };
}

/** The body that the condition selects; undefined for an `else` that is not there. */
export function chooseBranch(expression: If, context: Context): Body | undefined | "poison" {
  let at: If | Body | undefined = expression;
  while (at !== undefined && at.kind === "if") {
    const condition = context.evaluator.evaluate(at.condition, context);
    if (condition.kind !== "bool") {
      reportType(context, "true or false", condition, at.condition.span);
      return "poison";
    }
    at = condition.value ? at.then : at.else;
  }
  return at;
}

/** More rounds than a network has; what they build is limited as well. */
const MAX_ROUNDS = 100_000;

export function repetition(expression: Repeat, context: Context): LayerValue | undefined {
  const from = expression.from === undefined ? 0 : roundNumber(expression.from, context);
  const to = roundNumber(expression.to, context);
  if (from === undefined || to === undefined) return undefined;
  if (to - from > MAX_ROUNDS) {
    context.elaboration.report(problem("CNN3017", { limit: MAX_ROUNDS }), expression.span);
    return undefined;
  }
  return {
    kind: "layer",
    title: "repeat",
    apply: (input, site) => {
      const numbered = namesOfSteps(site, context);
      let value: Value = input;
      for (let i = from; i < to && value.kind !== "poison"; i++) {
        const scope = context.scope.inner();
        if (expression.variable) scope.bind(expression.variable.text, { kind: "int", value: i });
        const names =
          site.label === undefined
            ? numbered
            : numbered.inside(
                numbered.next("round"),
                isOneStep(expression.body) ? "single" : "sequence",
              );
        const round = group(expression.body, { ...context, scope });
        value = applyStep(round, value, { names, span: site.span }, context);
      }
      return value;
    },
  };
}

function roundNumber(expression: Expression, context: Context): number | undefined {
  const value = context.evaluator.evaluate(expression, context);
  if (value.kind === "int" && typeof value.value === "number" && value.value >= 0) {
    return value.value;
  }
  reportType(context, "a known int of at least 0", value, expression.span);
  return undefined;
}

/** A round of one unlabelled step is called what the round is called. */
function isOneStep(body: Body): boolean {
  if (body.lets.length > 0 || body.result === undefined) return false;
  const { result } = body;
  switch (result.kind) {
    case "call":
    case "name":
      return true;
    case "group":
      return isOneStep(result.body);
    case "if":
      return [result.then, result.else].every(
        (part) => part === undefined || (part.kind === "body" ? isOneStep(part) : true),
      );
    default:
      return false;
  }
}

/** A shape in a pipeline: passes the value on after checking it. */
export function assertion(list: ListExpression, context: Context): LayerValue {
  return {
    kind: "layer",
    title: "a shape",
    apply: (input, { span }) => {
      const mismatch = matchShape(list, input.type, context, "check");
      if (mismatch !== undefined) {
        context.elaboration.reportSizes(
          {
            ...problem("CNN2030", { ...mismatch.facts, actual: formatType(input.type) }),
            blame: mismatch.blame,
          },
          span,
          [input],
          mismatch.details,
        );
      }
      return input;
    },
  };
}
