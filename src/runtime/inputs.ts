/**
 * Checks the arrays that a model is given against its inputs, and finds out the named sizes
 * (`N`, `H`, `W`) that they imply.
 */
import { type Problem, problem } from "../diagnostics/diagnostic.ts";
import { nearest } from "../diagnostics/nearest.ts";
import { type Bindings, type Dim, formatShape, isKnown, variablesIn } from "../graph/dim.ts";
import type { Graph, Value } from "../graph/graph.ts";
import { type Tensor, sizeOf } from "../graph/tensor.ts";

export type Tensors = ReadonlyMap<string, Tensor>;

/** What users give: types say what it is, and callers without types may give anything. */
export interface Given {
  readonly shape: readonly number[];
  /** Absent where only sizes are asked about. */
  readonly data?: ArrayLike<number>;
}

type AllGiven = ReadonlyMap<string, Given>;

/** Everything that is wrong with the inputs of a graph, whose sizes may be known or named. */
export function checkInputs(graph: Graph, inputs: AllGiven): readonly Problem[] {
  const wanted = graph.inputs.map((id) => graph.values[id]);
  const names = wanted.map(({ name }) => name);
  const problems: Problem[] = [];
  for (const input of inputs.keys()) {
    if (names.includes(input)) continue;
    const close = nearest(input, names);
    const facts = { model: graph.name, input, names };
    problems.push(problem("CNN5031", close === undefined ? facts : { ...facts, nearest: close }));
  }
  for (const { name, type } of wanted) {
    const given = inputs.get(name);
    if (given === undefined) {
      const shape = formatShape(type.shape);
      problems.push(problem("CNN5030", { model: graph.name, input: name, shape }));
    } else if (!isArray(given)) {
      problems.push(problem("CNN5035", { input: name, wants: formatShape(type.shape) }));
    } else if (fits(type.shape, given.shape)) {
      problems.push(...valueProblems(name, given));
    } else problems.push(shapeProblem(name, type.shape, given.shape));
  }
  return problems.length > 0 ? problems : disagreements(wanted, inputs);
}

/**
 * The values of named sizes that inputs without problems imply. Names that no input fixes
 * are left out.
 */
export function sizesFromInputs(graph: Graph, inputs: AllGiven): Bindings {
  const wanted = graph.inputs.map((id) => graph.values[id]);
  return Object.fromEntries([...solved(wanted, inputs)].map(([name, { value }]) => [name, value]));
}

interface Solution {
  readonly value: number;
  readonly input: string;
}

function solved(wanted: readonly Value[], inputs: AllGiven): ReadonlyMap<string, Solution> {
  const solutions = new Map<string, Solution>();
  for (const { name: input, type } of wanted) {
    type.shape.forEach((size, axis) => {
      const solution = solve(size, inputs.get(input)?.shape[axis]);
      if (solution !== undefined && !solutions.has(solution.name)) {
        solutions.set(solution.name, { value: solution.value, input });
      }
    });
  }
  return solutions;
}

/** The name and its value where `size` is `a · name + b`. */
function solve(
  size: Dim,
  given: number | undefined,
): { readonly name: string; readonly value: number } | undefined {
  const [variable, ...others] = variablesIn(size).values();
  if (given === undefined || isKnown(size) || variable === undefined || others.length > 0) {
    return undefined;
  }
  const [term] = size.terms;
  if (size.terms.length !== 1 || term.factors.length !== 1) return undefined;
  if (term.factors[0].kind !== "variable") return undefined;
  const steps = (given - size.constant) / term.coefficient;
  return { name: variable.name, value: steps * variable.divisor + variable.offset };
}

/** Sizes that two inputs, or two axes of one, would need to be different numbers. */
function disagreements(wanted: readonly Value[], inputs: AllGiven): readonly Problem[] {
  const solutions = solved(wanted, inputs);
  for (const { name, type } of wanted) {
    for (const [axis, size] of type.shape.entries()) {
      const solution = solve(size, inputs.get(name)?.shape[axis]);
      const known = solution && solutions.get(solution.name);
      if (solution && known && known.value !== solution.value) {
        const facts = { first: known.input, a: known.value, second: name, b: solution.value };
        return [problem("CNN5034", { size: solution.name, ...facts })];
      }
    }
  }
  return [];
}

function fits(wanted: readonly Dim[], given: readonly number[]): boolean {
  return (
    wanted.length === given.length &&
    wanted.every((size, axis) => (isKnown(size) ? size === given[axis] : given[axis] > 0))
  );
}

function shapeProblem(input: string, wanted: readonly Dim[], given: readonly number[]): Problem {
  const hint = hintFor(wanted, given);
  const facts = { input, wants: formatShape(wanted), gets: formatShape(given) };
  return problem("CNN5032", hint === undefined ? facts : { ...facts, hint });
}

function hintFor(wanted: readonly Dim[], given: readonly number[]): string | undefined {
  if (wanted.length !== 4) {
    return fits(wanted, [1, ...given]) ? "add the batch axis: `x[None]`" : undefined;
  }
  if (given.length === 4 && fits(wanted, channelsFirst(given))) {
    return `channels (${given[3]}) are last here: \`x.transpose(0, 3, 1, 2)\``;
  }
  if (given.length === 3) {
    if (fits(wanted, [1, ...given])) return "add the batch axis: `x[None]`";
    if (fits(wanted, channelsFirst([1, ...given]))) {
      return `channels (${given[2]}) are last here: \`x.transpose(2, 0, 1)[None]\``;
    }
    if (fits(wanted, [given[0], 1, given[1], given[2]])) {
      return "add the channel axis: `x[:, None]`";
    }
  }
  if (given.length === 2 && fits(wanted, [1, 1, ...given])) {
    return "add the batch and channel axes: `x[None, None]`";
  }
  if (given.length === 4 && wanted[1] === 3 && given[1] === 1) {
    return "the image is grey; repeat it for red, green and blue: `x.repeat(3, axis=1)`";
  }
  return undefined;
}

/** `[N, H, W, C]` as `[N, C, H, W]`. */
function channelsFirst([batch, height, width, channels]: readonly number[]): readonly number[] {
  return [batch, channels, height, width];
}

/** Whether it has a shape at all; a bare array of numbers has none. */
function isArray({ shape, data }: Given): boolean {
  const sized = Array.isArray(shape) && shape.every((size) => Number.isInteger(size));
  return sized && (data === undefined || (typeof data === "object" && "length" in data));
}

function valueProblems(input: string, { shape, data }: Given): readonly Problem[] {
  if (data === undefined) return [];
  const wants = sizeOf(shape);
  if (data.length !== wants) {
    const facts = { input, shape: formatShape(shape), wants, gets: data.length };
    return [problem("CNN5036", facts)];
  }
  for (let at = 0; at < wants; at++) {
    // Callers without types give texts and big integers too.
    const value: unknown = data[at];
    if (typeof value !== "number") {
      const found = typeof value === "bigint" ? "big integers" : `of the type ${typeof value}`;
      return [problem("CNN5037", { input, found })];
    }
    if (!Number.isFinite(value)) {
      const facts = { input, value: String(value), index: formatIndex(shape, at) };
      return [problem("CNN5033", facts)];
    }
  }
  return [];
}

/** The position of element `at` of a row-major array: `[0, 3, 1]`. */
export function formatIndex(shape: readonly number[], at: number): string {
  let rest = at;
  const index = shape.map(() => 0);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = rest % shape[axis];
    rest = Math.floor(rest / shape[axis]);
  }
  return `[${index.join(", ")}]`;
}
