/**
 * What a layer needs of sizes, as data: decided, refuted or recorded by the checker. Most
 * conditions are settled by their normal form or by bounds; of the rest, sizes being
 * quasi-polynomials (`dim/range.ts`), nearly all are settled by trying finitely many values.
 */
import { InternalFault } from "../diagnostics/diagnostic.ts";
import {
  type Bindings,
  type Dim,
  type Variable,
  bounds,
  degreeOf,
  isKnown,
  mod,
  periodOf,
  sub,
  substitute,
  variablesIn,
} from "./dim.ts";

export type Relation = "==" | ">=" | "divisible by";

export interface Condition {
  readonly left: Dim;
  readonly relation: Relation;
  /** A known number for `divisible by`. */
  readonly right: Dim;
}

export const equals = (left: Dim, right: Dim): Condition => ({ left, relation: "==", right });
export const atLeast = (left: Dim, right: Dim): Condition => ({ left, relation: ">=", right });
export const divisible = (left: Dim, right: number): Condition => ({
  left,
  relation: "divisible by",
  right,
});

export type Verdict =
  | { readonly holds: "always" }
  | { readonly holds: "never" }
  /** With values of the names for which the condition fails: small ones where possible. */
  | { readonly holds: "sometimes"; readonly counterexample: Bindings }
  /** Neither proved nor refuted by the values tried: checked again when sizes are given. */
  | { readonly holds: "unknown" };

/** Decides a condition for all values that its names may take. */
export function decide(condition: Condition): Verdict {
  const { relation } = condition;
  const difference = differenceOf(condition);
  if (isKnown(difference)) return { holds: satisfied(relation, difference) ? "always" : "never" };
  const [min, max] = bounds(difference);
  if (relation === ">=" && min >= 0) return { holds: "always" };
  if (relation === ">=" ? max < 0 : min > 0 || max < 0) return { holds: "never" };
  return tryValues(relation, difference);
}

/** Zero (or at least zero for `>=`) exactly where the condition holds. */
function differenceOf({ left, relation, right }: Condition): Dim {
  if (relation !== "divisible by") return sub(left, right);
  if (!isKnown(right)) throw new InternalFault("a size is divided by a symbolic size");
  return mod(left, right);
}

function satisfied(relation: Relation, difference: number): boolean {
  return relation === ">=" ? difference >= 0 : difference === 0;
}

/** The values of one variable that are tried, and what they amount to. */
interface Probes {
  readonly variable: Variable;
  readonly period: number;
  /** Consecutive, in steps of the variable, from its least. */
  readonly values: readonly number[];
  /** The name can take no other value. */
  readonly exhaustive: boolean;
}

/** Bounds the time of one decision; two names with a period of 32 fit. */
const PROBES_IN_ALL = 4096;

/**
 * A polynomial of degree `d` is zero if it is zero at `d + 1` points, and on each of its
 * `period` classes a quasi-polynomial is one: so `period · (d + 1)` values of each name prove an
 * equation. For an inequality of degree 1 the same values show the slope of every class.
 */
function tryValues(relation: Relation, difference: Dim): Verdict {
  const variables = [...variablesIn(difference).values()];
  const wanted = variables.map(
    ({ name }) => periodOf(difference, name) * (degreeOf(difference, name) + 1),
  );
  const complete = wanted.reduce((a, b) => a * b, 1) <= PROBES_IN_ALL;
  const share = Math.max(2, Math.floor(PROBES_IN_ALL ** (1 / variables.length)));
  const probes = variables.map((variable, i) =>
    probesOf(variable, periodOf(difference, variable.name), complete ? wanted[i] : share),
  );
  let held = false;
  let counterexample: Bindings | undefined;
  for (const bindings of combinations(probes)) {
    if (satisfied(relation, valueOf(difference, bindings))) held = true;
    else counterexample ??= bindings;
    if (held && counterexample !== undefined) return { holds: "sometimes", counterexample };
  }
  const periodic = relation === "divisible by" || probes.every(({ exhaustive }) => exhaustive);
  if (counterexample !== undefined) {
    return complete && periodic ? { holds: "never" } : { holds: "sometimes", counterexample };
  }
  if (!complete) return { holds: "unknown" };
  return relation === ">=" && !periodic ? followSlopes(difference, probes) : { holds: "always" };
}

function probesOf(variable: Variable, period: number, count: number): Probes {
  const { min, max, divisor } = variable;
  const possible = (max - min) / divisor + 1;
  const values = Array.from({ length: Math.min(count, possible) }, (_, k) => min + k * divisor);
  return { variable, period, values, exhaustive: possible <= count };
}

/** What `difference >= 0`, true at all probes, is beyond them. */
function followSlopes(difference: Dim, probes: readonly Probes[]): Verdict {
  if (degreeOf(difference) > 1) return { holds: "unknown" };
  for (const { variable, period, exhaustive } of probes) {
    if (exhaustive) continue;
    const { name, divisor, max } = variable;
    const least = Object.fromEntries(probes.map((p) => [p.variable.name, p.variable.min]));
    const start = valueOf(difference, least);
    // Of degree 1, every class has the same slope: that of the coefficients.
    const step = period * divisor;
    const slope = valueOf(difference, { ...least, [name]: least[name] + step }) - start;
    if (slope >= 0) continue;
    const far = least[name] + step * (Math.floor(start / -slope) + 1);
    if (far > max) return { holds: "unknown" };
    return { holds: "sometimes", counterexample: { ...least, [name]: far } };
  }
  return { holds: "always" };
}

function valueOf(difference: Dim, bindings: Bindings): number {
  const value = substitute(difference, bindings);
  if (!isKnown(value)) throw new InternalFault("a size has a name that its variables lack");
  return value;
}

/** All combinations of the probes' values, those of the first name varying fastest. */
function* combinations(probes: readonly Probes[]): Generator<Bindings> {
  const rows = probes.reduce((n, { values }) => n * values.length, 1);
  for (let row = 0; row < rows; row++) {
    let rest = row;
    const values = probes.map(({ variable, values: probed }) => {
      const value = probed[rest % probed.length];
      rest = Math.floor(rest / probed.length);
      return [variable.name, value] as const;
    });
    // Not written one by one: a name may be `__proto__`.
    yield Object.fromEntries(values);
  }
}
