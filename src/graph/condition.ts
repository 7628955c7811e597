/** What a layer needs of sizes, as data: decided, refuted or recorded by the checker. */
import { type Bindings, type Dim, bounds, isKnown, mod, sub, substitute, variablesIn } from "./dim.ts";

export type Relation = "==" | ">=" | "divisible by";

export interface Condition {
  readonly left: Dim;
  readonly relation: Relation;
  readonly right: Dim;
}

export const equals = (left: Dim, right: Dim): Condition => ({ left, relation: "==", right });
export const atLeast = (left: Dim, right: Dim): Condition => ({ left, relation: ">=", right });
export const divisible = (left: Dim, right: number): Condition => ({
  left,
  relation: "divisible by",
  right,
});

/** `false` comes with sizes for which the condition fails (none needed where all are known). */
export type Verdict =
  | { readonly holds: "always" }
  | { readonly holds: "never" }
  | { readonly holds: "sometimes"; readonly counterexample: Bindings }
  /** Neither proved nor refuted by the values tried: checked again when sizes are given. */
  | { readonly holds: "unknown" };

/** Decides a condition for all values that its names may take. */
export function decide(condition: Condition): Verdict {
  const difference = differenceOf(condition);
  if (isKnown(difference)) return { holds: satisfied(condition, difference) ? "always" : "never" };
  const [min, max] = bounds(difference);
  if (condition.relation === ">=" && min >= 0) return { holds: "always" };
  if (condition.relation === ">=" && max < 0) return { holds: "never" };
  if (condition.relation !== ">=" && (min > 0 || max < 0)) return { holds: "never" };
  return search(condition);
}

/** Zero (or at least zero for `>=`) exactly where the condition holds. */
function differenceOf({ left, relation, right }: Condition): Dim {
  if (relation !== "divisible by") return sub(left, right);
  return isKnown(right) ? mod(left, right) : sub(left, right);
}

function satisfied(condition: Condition, difference: number): boolean {
  return condition.relation === ">=" ? difference >= 0 : difference === 0;
}

const PROBES_PER_NAME = 64;
const PROBES_IN_ALL = 4096;

/** Tries small values of the names; every layer's sizes repeat with a small period. */
function search(condition: Condition): Verdict {
  const difference = differenceOf(condition);
  const variables = [...variablesIn(difference).values()];
  const each = Math.max(2, Math.min(PROBES_PER_NAME, Math.floor(PROBES_IN_ALL ** (1 / variables.length))));
  const candidates = variables.map((variable) => {
    const first = Math.ceil((variable.min - variable.offset) / variable.divisor);
    const values = Array.from(
      { length: each },
      (_, k) => (first + k) * variable.divisor + variable.offset,
    );
    return values.filter((value) => value <= variable.max);
  });
  for (const bindings of combinations(variables.map((v) => v.name), candidates)) {
    const value = substitute(difference, bindings);
    if (!isKnown(value)) return { holds: "unknown" };
    if (!satisfied(condition, value)) return { holds: "sometimes", counterexample: bindings };
  }
  return { holds: "unknown" };
}

function* combinations(
  names: readonly string[],
  candidates: readonly (readonly number[])[],
): Generator<Record<string, number>> {
  let rows = candidates.reduce((n, values) => n * values.length, 1);
  rows = Math.min(rows, PROBES_IN_ALL);
  for (let row = 0; row < rows; row++) {
    let rest = row;
    const bindings: Record<string, number> = {};
    names.forEach((name, i) => {
      bindings[name] = candidates[i][rest % candidates[i].length];
      rest = Math.floor(rest / candidates[i].length);
    });
    yield bindings;
  }
}
