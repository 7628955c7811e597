/** Sizes for which an equation fails, told as an example, and the `where` that would mend it. */
import type { SizePromise } from "../../diagnostics/diagnostic.ts";
import type { Details } from "../../diagnostics/place.ts";
import { type Condition, decide } from "../../graph/condition.ts";
import {
  type Bindings,
  formatDim,
  isKnown,
  named,
  substitute,
  variablesIn,
} from "../../graph/dim.ts";

/** What a model would have to promise: tried in this order. */
const DIVISORS = [2, 3, 4, 8, 16, 32, 64, 128];

export interface Refuted {
  readonly condition: Condition;
  readonly counterexample: Bindings;
  /** Further conditions of the same layer that fail for some sizes, so that one promise mends all. */
  readonly others: readonly Condition[];
}

/**
 * Words for a condition that was refuted by a counterexample.
 * @param assumed what the layers before need of the sizes: a size that they refuse is no example
 */
export function explainCounterexample(
  { condition, counterexample, others }: Refuted,
  assumed: readonly Condition[],
): Details {
  const example = realistic(condition, counterexample, assumed);
  // Against a number, any other size is an example: the message has said so.
  const { left, relation, right } = condition;
  const tells = relation === "divisible by" || isKnown(left) === isKnown(right);
  const notes = tells ? [`${exampleText(example)}: ${valuesText(condition, example)}`] : [];
  const each = [condition, ...others].map(promisesFor);
  const known = each.filter((promises) => promises !== undefined);
  return known.length < each.length ? { notes } : { notes, promises: strongest(known.flat()) };
}

/** Larger examples that are tried in place of one that the layers before would refuse. */
const LARGER_EXAMPLES = 64;

/** The first example of the same kind for which everything before works. */
function realistic(
  condition: Condition,
  counterexample: Bindings,
  assumed: readonly Condition[],
): Bindings {
  const variables = new Map([...variablesIn(condition.left), ...variablesIn(condition.right)]);
  const at = (steps: number): Bindings =>
    Object.fromEntries(
      Object.entries(counterexample).map(([name, value]) => {
        const divisor = variables.get(name)?.divisor ?? 1;
        return [name, value + steps * divisor];
      }),
    );
  const fits = (bindings: Bindings): boolean =>
    holdsFor(condition, bindings) === false &&
    assumed.every((other) => holdsFor(other, bindings) !== false);
  for (let steps = 0; steps < LARGER_EXAMPLES; steps++) {
    if (fits(at(steps))) return at(steps);
  }
  return counterexample;
}

/** Undefined where other names are involved. */
function holdsFor({ left, relation, right }: Condition, bindings: Bindings): boolean | undefined {
  const known = {
    left: substitute(left, bindings),
    relation,
    right: substitute(right, bindings),
  };
  if (!isKnown(known.left) || !isKnown(known.right)) return undefined;
  return decide(known).holds === "always";
}

function exampleText(bindings: Bindings): string {
  const values = Object.entries(bindings).map(([name, value]) => `${name} = ${value}`);
  return `for example with ${values.join(", ")}`;
}

function valuesText(condition: Condition, bindings: Bindings): string {
  const left = formatDim(substitute(condition.left, bindings));
  const right = formatDim(substitute(condition.right, bindings));
  return condition.relation === "divisible by"
    ? `${left} is not divisible by ${right}`
    : `one side is ${left}, the other ${right}`;
}

/** Of several promises for one name, that with the largest divisor. */
function strongest(promises: readonly SizePromise[]): readonly SizePromise[] {
  const byName = new Map<string, SizePromise>();
  for (const promise of promises) {
    const known = byName.get(promise.name);
    if (known === undefined || known.divisor < promise.divisor) byName.set(promise.name, promise);
  }
  return [...byName.values()];
}

/** The weakest divisibility of the names that proves the condition, if any does. */
function promisesFor(condition: Condition): readonly SizePromise[] | undefined {
  const variables = new Map([...variablesIn(condition.left), ...variablesIn(condition.right)]);
  for (const divisor of DIVISORS) {
    const stronger = [...variables.values()].filter((v) => divisor % v.divisor === 0);
    if (stronger.length === 0) continue;
    const promised = Object.fromEntries(
      stronger.map(({ name, offset, min, max }) => [
        name,
        named(name, { divisor, offset, min, max }),
      ]),
    );
    const { left, relation, right } = condition;
    const assumed = {
      left: substitute(left, promised),
      relation,
      right: substitute(right, promised),
    };
    if (decide(assumed).holds === "always") {
      return stronger.map(({ name, offset }) => ({ name, divisor, remainder: offset }));
    }
  }
  return undefined;
}
