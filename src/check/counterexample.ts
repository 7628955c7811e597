/** Sizes for which an equation fails, told as an example, and the `where` that would mend it. */
import { type Condition, decide } from "../graph/condition.ts";
import {
  type Bindings,
  type Dim,
  formatDim,
  named,
  substitute,
  variablesIn,
} from "../graph/dim.ts";
import type { Details } from "./reporter.ts";
import type { TensorValue } from "./values.ts";

/** What a model would have to promise: tried in this order. */
const DIVISORS = [2, 3, 4, 8, 16, 32, 64, 128];

/** Words for a condition that was refuted by a counterexample. */
export function explainCounterexample(
  condition: Condition,
  counterexample: Bindings,
  inputs: readonly TensorValue[],
): Details {
  const where = proposeWhere(condition);
  return {
    notes: [`${exampleText(counterexample)}: ${valuesText(condition, counterexample, inputs)}`],
    help: where === undefined ? [] : [`promise \`where ${where}\` behind the model's result type`],
  };
}

function exampleText(bindings: Bindings): string {
  const values = Object.entries(bindings).map(([name, value]) => `${name} = ${value}`);
  return `for example with ${values.join(", ")}`;
}

function valuesText(
  condition: Condition,
  bindings: Bindings,
  inputs: readonly TensorValue[],
): string {
  const left = formatDim(substitute(condition.left, bindings));
  const right = formatDim(substitute(condition.right, bindings));
  if (condition.relation === "divisible by") return `${left} is not divisible by ${right}`;
  const maps = inputs.map(({ type }) => substituted(type.shape, bindings));
  const shapes = maps.length > 1 ? `, the maps are ${maps.join(" and ")}` : "";
  return `one side is ${left}, the other ${right}${shapes}`;
}

function substituted(shape: readonly Dim[], bindings: Bindings): string {
  return `[${shape.map((dim) => formatDim(substitute(dim, bindings))).join(", ")}]`;
}

/** The weakest divisibility of the names that proves the condition, if any does. */
export function proposeWhere(condition: Condition): string | undefined {
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
      return stronger.map(({ name, offset }) => `${name} % ${divisor} == ${offset}`).join(", ");
    }
  }
  return undefined;
}
