/** Written shapes against real ones: assertions, block parameters, declared results. */
import type { Blame } from "../../diagnostics/diagnostic.ts";
import type { Details } from "../../diagnostics/place.ts";
import { equals, decide } from "../../graph/condition.ts";
import { type Dim, formatDim, formatShape } from "../../graph/dim.ts";
import type { TensorType } from "../../graph/tensor-type.ts";
import type { ListExpression } from "../../syntax/ast.ts";
import { explainCounterexample } from "../sizes/counterexample.ts";
import { type Context, reportType } from "./context.ts";

export interface Mismatch {
  readonly facts: {
    readonly expected: string;
    /** What differs: `6 channels instead of 16`. */
    readonly difference: string;
    /** The usual reason, where the sizes look like it. */
    readonly reason?: "grey" | "channels last";
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
    const declared = countOf(items.length);
    return {
      facts: {
        expected: `a shape of ${declared}`,
        difference: `it has ${countOf(type.shape.length)}, not ${items.length}`,
      },
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
    const difference = `${sizeText(type.shape, axis)} instead of ${formatDim(size)}`;
    const reason = reasonFor(type.shape, axis, size);
    const details =
      verdict.holds === "sometimes"
        ? explainCounterexample(
            { condition, counterexample: verdict.counterexample, others: [] },
            context.elaboration.assumed,
          )
        : {};
    return {
      facts: { expected: formatShape(known), difference, ...(reason && { reason }) },
      blame: [axis >= 2 ? { input: 0 } : { input: 0, axis }],
      details,
    };
  }
  return undefined;
}

/** `6 channels`, `height 5`, `axis 2: 7`. */
function sizeText(shape: readonly Dim[], axis: number): string {
  const size = formatDim(shape[axis]);
  const many = shape[axis] === 1 ? "" : "s";
  if (axis === 1 && shape.length === 4) return `${size} channel${many}`;
  if (axis === 1 && shape.length === 2) return `${size} feature${many}`;
  return shape.length === 4
    ? `${["batch", "", "height", "width"][axis]} ${size}`
    : `axis ${axis}: ${size}`;
}

/** Images have 1 or 3 channels, and programs elsewhere put them last. */
function reasonFor(
  shape: readonly Dim[],
  axis: number,
  wanted: Dim,
): "grey" | "channels last" | undefined {
  if (shape.length !== 4 || axis !== 1 || typeof wanted !== "number") return undefined;
  if (shape[3] === wanted) return "channels last";
  return shape[1] === 1 && wanted === 3 ? "grey" : undefined;
}

function countOf(axes: number): string {
  return `${axes} ${axes === 1 ? "axis" : "axes"}`;
}
