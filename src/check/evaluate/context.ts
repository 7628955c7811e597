/** What an expression's evaluation needs to know, and the way back into the evaluator. */
import { problem } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../diagnostics/span.ts";
import type { Body, Expression } from "../../syntax/ast.ts";
import type { Elaboration } from "./elaboration.ts";
import type { Names } from "./names.ts";
import type { Scope } from "./scope.ts";
import { type LayerValue, type Site, type Value, describe } from "./values.ts";

export interface Context {
  readonly elaboration: Elaboration;
  readonly scope: Scope;
  readonly names: Names;
  /** Blocks and groups evaluate bodies, bodies contain blocks and groups: the knot is tied here. */
  readonly evaluator: Evaluator;
}

export interface Evaluator {
  evaluate(expression: Expression, context: Context): Value;
  evaluateBody(body: Body, context: Context): Value;
  /** The step of a pipeline as a layer; undefined after a reported mistake. */
  evaluateStep(step: Expression, context: Context): LayerValue | undefined;
}

/** The full name of a layer at a site: its label, or the next automatic one for its kind. */
export function nameAt(site: Site, kind: string, { elaboration }: Context): string {
  if (site.label === undefined) return site.names.next(kind);
  const name = site.names.take(site.label.text);
  if (name !== undefined) return name;
  elaboration.report(problem("CNN3016", { label: site.label.text }), site.label.span);
  return site.names.next(kind);
}

/** The names for the steps of a layer made of several: inside its label, or among its neighbours. */
export function namesOfSteps(site: Site, context: Context): Names {
  if (site.label === undefined) return site.names;
  return site.names.inside(nameAt(site, "group", context), "sequence");
}

/** Reports that one sort of value stands where another is needed. */
export function reportType(
  context: Context,
  expected: string,
  got: Value,
  span: Span,
  help: readonly string[] = [],
): void {
  if (got.kind === "poison") return;
  context.elaboration.report(problem("CNN3008", { expected, got: describe(got) }), span, { help });
}
