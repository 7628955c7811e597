/**
 * Fixes the named sizes of a graph: afterwards every size is a number, and all that the
 * layers require of sizes has been checked for these numbers.
 */
import { type Problem, problem } from "../diagnostics/diagnostic.ts";
import { nearest } from "../diagnostics/nearest.ts";
import { ownInputs, typesOf } from "../graph/access.ts";
import type { AttributeValue, Attributes } from "../graph/attributes.ts";
import { decide } from "../graph/condition.ts";
import {
  type Bindings,
  type Dim,
  type Variable,
  formatShape,
  isKnown,
  substitute,
  variablesIn,
} from "../graph/dim.ts";
import type { EpilogueStep, Graph, Node } from "../graph/graph.ts";
import { mapWeight } from "../graph/recipe.ts";
import { isList } from "../graph/print.ts";
import { tensorType } from "../graph/tensor-type.ts";
import type { Requirement } from "../layers/layer.ts";
import { layerOf } from "./table.ts";
import { verify } from "./verify.ts";

/** `node` is the layer that cannot work at these sizes; absent where a size itself is wrong. */
export interface SizeProblem {
  readonly problem: Problem;
  readonly node?: Node;
}

export type Instantiation =
  { readonly graph: Graph } | { readonly problems: readonly SizeProblem[] };

const LARGEST_SIZE = 2 ** 31 - 1;

export function instantiate(graph: Graph, bindings: Bindings): Instantiation {
  const open = [...namedSizes(graph).keys()].filter((size) => !Object.hasOwn(bindings, size));
  const missing = open.length === 0 ? [] : [missingSizes(graph, open)];
  return checkedAt(graph, bindings, [...bindingProblems(graph, bindings), ...missing]);
}

/** As `instantiate` for some of the named sizes: the others stay names. */
export function instantiatePartly(graph: Graph, bindings: Bindings): Instantiation {
  return checkedAt(graph, bindings, bindingProblems(graph, bindings));
}

function checkedAt(graph: Graph, bindings: Bindings, wrong: readonly Problem[]): Instantiation {
  if (wrong.length > 0) return { problems: wrong.map((found) => ({ problem: found })) };
  const fixed = fixSizes(graph, bindings);
  const failure = layerProblem(fixed, graph, bindings) ?? sizeProblem(fixed);
  if (failure !== undefined) return { problems: [failure] };
  verify(fixed);
  return { graph: fixed };
}

/** The named sizes that a graph depends on, in order of first appearance. */
export function namedSizes(graph: Graph): ReadonlyMap<string, Variable> {
  const variables = new Map<string, Variable>();
  for (const { type } of graph.values) {
    for (const size of type.shape) variablesIn(size, variables);
  }
  for (const { attributes } of graph.nodes) {
    for (const value of Object.values(attributes)) sizesIn(value, variables);
  }
  return variables;
}

function sizesIn(value: AttributeValue, into: Map<string, Variable>): void {
  if (typeof value !== "object" || value === null) return;
  if (isList(value)) for (const item of value) sizesIn(item, into);
  else variablesIn(value, into);
}

function bindingProblems(graph: Graph, bindings: Bindings): readonly Problem[] {
  const sizes = namedSizes(graph);
  const problems: Problem[] = [];
  for (const [size, value] of Object.entries(bindings)) {
    const variable = sizes.get(size);
    if (variable === undefined) {
      problems.push(unknownSize(size, graph.name, [...sizes.keys()]));
    } else if (!Number.isInteger(value) || value < 1 || value > LARGEST_SIZE) {
      problems.push(problem("CNN5023", { size, value }));
    } else if (!allows(variable, value)) problems.push(contradiction(variable, value));
  }
  return problems;
}

/** @param names the sizes that the model has */
export function unknownSize(size: string, model: string, names: readonly string[]): Problem {
  const close = nearest(size, names);
  const facts = { size, model, names };
  return problem("CNN5022", close === undefined ? facts : { ...facts, nearest: close });
}

function allows({ divisor, offset, min, max }: Variable, value: number): boolean {
  return value >= min && value <= max && Number.isInteger((value - offset) / divisor);
}

function contradiction(variable: Variable, value: number): Problem {
  const { name: size, divisor, offset, min, max } = variable;
  const facts = [
    divisor === 1 ? "" : `${size} % ${divisor} == ${offset}`,
    // Up to the divisor the least value follows from divisibility alone.
    value < min && min > divisor ? `${size} >= ${min}` : "",
    value > max ? `${size} <= ${max}` : "",
  ];
  const below = Math.floor((Math.min(value, max) - offset) / divisor) * divisor + offset;
  const above = Math.ceil((Math.max(value, min) - offset) / divisor) * divisor + offset;
  return problem("CNN5021", {
    size,
    value,
    fact: facts.filter((fact) => fact !== "").join(", "),
    ...(allows(variable, below) ? { lower: below } : {}),
    ...(allows(variable, above) ? { upper: above } : {}),
  });
}

function missingSizes(graph: Graph, sizes: readonly string[]): Problem {
  const inputs = graph.inputs
    .map((id) => graph.values[id])
    .filter(({ type }) =>
      type.shape.some((dim) => sizes.some((size) => variablesIn(dim).has(size))),
    )
    .map(({ name, type }) => `${name}: ${formatShape(type.shape)}`);
  return problem("CNN5020", { model: graph.name, sizes, inputs });
}

function fixSizes(graph: Graph, bindings: Bindings): Graph {
  const fix = (shape: readonly Dim[]): readonly Dim[] =>
    shape.map((size) => substitute(size, bindings));
  const fixStep = (step: EpilogueStep): EpilogueStep => ({
    ...step,
    attributes: fixAttributes(step.attributes, bindings),
  });
  return {
    ...graph,
    values: graph.values.map((value) => ({ ...value, type: tensorType(fix(value.type.shape)) })),
    nodes: graph.nodes.map((node) => ({
      ...node,
      attributes: fixAttributes(node.attributes, bindings),
      ...(node.epilogue && { epilogue: node.epilogue.map(fixStep) }),
    })),
    weights: new Map(
      [...graph.weights].map(([name, weight]) => [
        name,
        mapWeight(weight, (part) => ({ ...part, shape: fix(part.shape) })),
      ]),
    ),
  };
}

function fixAttributes(attributes: Attributes, bindings: Bindings): Attributes {
  const fix = (value: AttributeValue): AttributeValue => {
    if (typeof value !== "object" || value === null) return value;
    return isList(value) ? value.map(fix) : substitute(value, bindings);
  };
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, fix(value)]));
}

/**
 * The first layer that cannot work; what follows it would only repeat the cause. Conditions on
 * sizes that still have names were the checker's matter.
 * @param stated the graph before its sizes were fixed
 */
function layerProblem(graph: Graph, stated: Graph, bindings: Bindings): SizeProblem | undefined {
  for (const [at, node] of graph.nodes.entries()) {
    const inputs = typesOf(graph, ownInputs(node));
    const result = layerOf(node).shape(node.attributes, inputs);
    if ("code" in result) return { problem: result, node };
    const requires = [...ofNamedArguments(stated, stated.nodes[at], bindings), ...result.requires];
    const broken = requires.find(
      ({ condition }) =>
        isKnown(condition.left) && isKnown(condition.right) && decide(condition).holds !== "always",
    );
    if (broken !== undefined) return { problem: broken.problem, node };
  }
  return undefined;
}

/**
 * What a layer requires of arguments with named sizes, at these sizes. As numbers they may mean
 * something else: `H - 9` where `H` is 6 is no place from the end.
 */
function ofNamedArguments(graph: Graph, node: Node, bindings: Bindings): readonly Requirement[] {
  const names = new Map<string, Variable>();
  for (const value of Object.values(node.attributes)) sizesIn(value, names);
  if (names.size === 0) return [];
  const result = layerOf(node).shape(node.attributes, typesOf(graph, ownInputs(node)));
  if ("code" in result) return [];
  return result.requires.map(({ condition, problem: found }) => ({
    condition: {
      ...condition,
      left: substitute(condition.left, bindings),
      right: substitute(condition.right, bindings),
    },
    problem: found,
  }));
}

function sizeProblem(graph: Graph): SizeProblem | undefined {
  for (const { name, type } of graph.values) {
    const elements = type.shape.reduce<number>((n, size) => n * (isKnown(size) ? size : 1), 1);
    if (elements > LARGEST_SIZE) {
      const shape = formatShape(type.shape);
      const facts = { model: graph.name, tensor: name, shape, elements, limit: LARGEST_SIZE };
      return { problem: problem("CNN5024", facts) };
    }
  }
  return undefined;
}
