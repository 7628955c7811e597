/** Written shapes against real ones: assertions, block parameters, declared results. */
import { equals, decide } from "../graph/condition.ts";
import type { Blame } from "../diagnostics/diagnostic.ts";
import { type Dim, formatDim, formatShape } from "../graph/dim.ts";
import type { TensorType } from "../graph/tensor-type.ts";
import type { ListExpression } from "../syntax/ast.ts";
import { type Context, reportType } from "./context.ts";
import { explainCounterexample } from "./counterexample.ts";
import type { Details } from "./reporter.ts";

export interface Mismatch {
  readonly facts: {
    readonly expected: string;
    /** What differs: `axis 1 is 6, not 16`. */
    readonly difference: string;
  };
  readonly blame: readonly Blame[];
  readonly details: Details;
}

/**
 * Compares a written shape with a type. With `bind`, names that mean nothing yet are bound to
 * the sizes they stand at. Undefined where all agree, or where a mistake was reported.
 */
export function matchShape(
  list: ListExpression,
  type: TensorType,
  context: Context,
  mode: "bind" | "check",
): Mismatch | undefined {
  const { items } = list;
  if (items.length !== type.shape.length) {
    const expected = `${items.length} axes`;
    return {
      facts: { expected, difference: `it has ${type.shape.length} axes, not ${items.length}` },
      blame: [{ input: 0 }],
      details: {},
    };
  }
  const sizes: (Dim | undefined)[] = items.map((item, axis) => {
    const isNew = item.kind === "name" && context.scope.lookup(item.text)?.kind !== "value";
    if (mode === "bind" && isNew && context.scope.lookup(item.text)?.kind !== "const") {
      context.scope.bind(item.text, { kind: "int", value: type.shape[axis] });
      return type.shape[axis];
    }
    const value = context.evaluator.evaluate(item, context);
    if (value.kind === "int") return value.value;
    reportType(context, "a size: an int or a name of one", value, item.span);
    return undefined;
  });
  if (sizes.some((size) => size === undefined)) return undefined;
  const known = sizes.filter((size) => size !== undefined);
  for (const [axis, size] of known.entries()) {
    const condition = equals(type.shape[axis], size);
    const verdict = decide(condition);
    if (verdict.holds === "always") continue;
    if (verdict.holds === "unknown") {
      context.elaboration.assumed.push(condition);
      continue;
    }
    const difference = `axis ${axis} is ${formatDim(type.shape[axis])}, not ${formatDim(size)}`;
    const details =
      verdict.holds === "sometimes"
        ? explainCounterexample(
            { condition, counterexample: verdict.counterexample, others: [] },
            context.elaboration.assumed,
          )
        : {};
    return {
      facts: { expected: formatShape(known), difference },
      blame: [axis >= 2 ? { input: 0 } : { input: 0, axis }],
      details,
    };
  }
  return undefined;
}
