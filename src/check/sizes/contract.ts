/**
 * The input contract: for which sizes a model works. It is inferred from the conditions that
 * the layers named and that hold for some sizes only, joined with what `where` promises.
 */
import type { Condition } from "../../graph/condition.ts";
import { type Variable, formatDim, isKnown, substitute, variablesIn } from "../../graph/dim.ts";
import type { Graph } from "../../graph/graph.ts";

/** For which input sizes a model works. Empty where any positive size will do. */
export interface InputContract {
  /** Sizes count pixels, images or features, as the axes that they name. */
  readonly names: readonly NameContract[];
  /** Conditions that several names share, as text. */
  readonly joint: readonly string[];
}

/** What one named size must be, in pixels, images or features as its axis counts them. */
export interface NameContract {
  readonly name: string;
  /** The smallest size that every layer accepts. */
  readonly min: number;
  readonly max: number;
  readonly divisor: number;
  /** The remainder on division by `divisor`. */
  readonly offset: number;
}

export function inputContract(graph: Graph, assumed: readonly Condition[]): InputContract {
  const variables = new Map<string, Variable>();
  for (const id of graph.inputs) {
    for (const dim of graph.values[id].type.shape) variablesIn(dim, variables);
  }
  const names = [...variables.values()].map((variable) => {
    const own = assumed.filter((condition) => isAbout(condition, variable.name));
    const { name, max, divisor, offset } = variable;
    return { name, min: smallest(variable, own), max, divisor, offset };
  });
  const shared = assumed.filter((condition) => namesOf(condition).size > 1);
  return { names, joint: [...new Set(shared.map(formatCondition))] };
}

/** `H, W ≥ 32 and divisible by 32`; empty where any size will do. */
export function formatContract({ names, joint }: InputContract): string {
  const byText = new Map<string, string[]>();
  for (const contract of names) {
    const text = formatName(contract);
    if (text !== "") byText.set(text, [...(byText.get(text) ?? []), contract.name]);
  }
  const parts = [...byText].map(([text, group]) => `${group.join(", ")} ${text}`);
  return [...parts, ...joint].join("; ");
}

function formatName({ min, max, divisor, offset }: NameContract): string {
  const parts: string[] = [];
  if (min > 1) parts.push(`≥ ${min}`);
  if (max < Infinity) parts.push(`≤ ${max}`);
  if (divisor > 1) {
    parts.push(offset === 0 ? `divisible by ${divisor}` : `≡ ${offset} modulo ${divisor}`);
  }
  return parts.join(" and ");
}

function formatCondition({ left, relation, right }: Condition): string {
  const signs = { "==": "=", ">=": "≥", "divisible by": "divisible by" };
  return `${formatDim(left)} ${signs[relation]} ${formatDim(right)}`;
}

function isAbout(condition: Condition, name: string): boolean {
  const names = namesOf(condition);
  return names.size === 1 && names.has(name);
}

function namesOf({ left, right }: Condition): Set<string> {
  return new Set([...variablesIn(left).keys(), ...variablesIn(right).keys()]);
}

/** Sizes past this are no answer to "how small may the image be". */
const LARGEST = 2 ** 20;

/** Lower bounds grow with the size, so doubling and halving finds the first that holds. */
function smallest(variable: Variable, conditions: readonly Condition[]): number {
  const { name, divisor, offset } = variable;
  // The least size is itself one of `k · divisor + offset`.
  const first = (variable.min - offset) / divisor;
  const sizeAt = (k: number): number => k * divisor + offset;
  const works = (k: number): boolean =>
    conditions.every((condition) => holdsAt(condition, name, sizeAt(k)));
  if (works(first)) return sizeAt(first);
  let [low, high] = [first, first + 1];
  while (!works(high)) {
    if (sizeAt(high) > LARGEST) return sizeAt(first);
    [low, high] = [high, first + 2 * (high - first)];
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (works(middle)) high = middle;
    else low = middle;
  }
  return sizeAt(high);
}

function holdsAt({ left, relation, right }: Condition, name: string, size: number): boolean {
  const [a, b] = [substitute(left, { [name]: size }), substitute(right, { [name]: size })];
  if (!isKnown(a) || !isKnown(b)) return true;
  switch (relation) {
    case "==":
      return a === b;
    case ">=":
      return a >= b;
    case "divisible by":
      return a % b === 0;
    default:
      return relation satisfies never;
  }
}
