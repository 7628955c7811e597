/**
 * Which nodes the outputs need, in an order in which every node stands behind the makers of its
 * inputs; and what is wrong with the names by which they are tied together.
 */
import { type Problem, problem } from "../../../diagnostics/diagnostic.ts";
import { nearest } from "../../../diagnostics/nearest.ts";
import { excerpt } from "../../excerpt.ts";
import { type OnnxGraph, type OnnxNode, nodeLabel } from "./model.ts";

export interface PlacedProblem {
  readonly problem: Problem;
  /** Undefined where it is about the model as a whole. */
  readonly node: OnnxNode | undefined;
  /** The place of the input at fault. */
  readonly input?: number;
}

export interface Ordered {
  readonly nodes: readonly OnnxNode[];
  readonly problems: readonly PlacedProblem[];
}

/** Names that stand for a value. */
interface Known {
  has(name: string): boolean;
}

/**
 * @param graph the model, or a branch of it
 * @param around what a branch may read of the graphs around it
 */
export function orderNodes(graph: OnnxGraph, around: Known = new Set()): Ordered {
  const problems: PlacedProblem[] = [];
  const makers = makersOf(graph, problems);
  const given = new Set([...graph.inputs.map(({ name }) => name), ...graph.initializers.keys()]);
  const nodes: OnnxNode[] = [];
  const state = new Map<OnnxNode, "open" | "done">();
  const names = (): readonly string[] =>
    problems.length < ADVISED ? [...given, ...makers.keys()] : [];

  /** Depth first on a stack of its own: networks are deeper than a call stack. */
  const visit = (root: OnnxNode): void => {
    const path: Step[] = [];
    const open = (node: OnnxNode): void => {
      state.set(node, "open");
      path.push({ node, reads: [...node.inputs, ...capturedBy(node)], next: 0 });
    };
    open(root);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { node, reads } = top;
      if (top.next >= reads.length) {
        state.set(node, "done");
        nodes.push(node);
        path.pop();
        continue;
      }
      const at = top.next++;
      const value = reads[at];
      const maker = makers.get(value);
      if (value === "" || given.has(value) || (maker === undefined && around.has(value))) continue;
      if (maker === undefined) {
        // What a branch lacks is told where the branch is read.
        if (at >= node.inputs.length) continue;
        problems.push({ problem: unknownValue(value, nodeLabel(node), names()), node, input: at });
      } else if (!state.has(maker)) {
        open(maker);
      } else if (state.get(maker) === "open") {
        const circle = path.slice(path.findIndex((step) => step.node === maker));
        problems.push({ problem: cycle(circle.map((step) => step.node)), node, input: at });
      }
    }
  };
  for (const { name } of graph.outputs) {
    const maker = makers.get(name);
    if (maker !== undefined && !state.has(maker)) visit(maker);
    else if (maker === undefined && !given.has(name) && !around.has(name)) {
      const label = "the model's outputs";
      problems.push({ problem: unknownValue(name, label, names()), node: undefined });
    }
  }
  return { nodes, problems };
}

interface Step {
  readonly node: OnnxNode;
  /** Its inputs, and what its branches read of the graphs around them. */
  readonly reads: readonly string[];
  next: number;
}

/** What the branches of a node read and do not make. */
export function capturedBy({ attributes }: OnnxNode): ReadonlySet<string> {
  const captured = new Set<string>();
  for (const { kind, value } of attributes.values()) {
    if (kind !== "graph") continue;
    const own = new Set([
      ...value.inputs.map(({ name }) => name),
      ...value.initializers.keys(),
      ...value.nodes.flatMap(({ outputs }) => outputs),
    ]);
    const reads = value.nodes.flatMap((node) => [...node.inputs, ...capturedBy(node)]);
    for (const name of [...reads, ...value.outputs.map((output) => output.name)]) {
      if (!own.has(name)) captured.add(name);
    }
  }
  return captured;
}

/** So many missing values get advice: looking for similar names takes time. */
const ADVISED = 20;
/** No person mistypes a longer name. */
const LONGEST_ADVISED = 200;

function makersOf(graph: OnnxGraph, problems: PlacedProblem[]): ReadonlyMap<string, OnnxNode> {
  const makers = new Map<string, OnnxNode>();
  const inputs = new Set(graph.inputs.map(({ name }) => name));
  for (const node of graph.nodes) {
    for (const value of node.outputs) {
      if (value === "") continue;
      if (makers.has(value) || inputs.has(value) || graph.initializers.has(value)) {
        const facts = { value: excerpt(value), node: excerpt(nodeLabel(node)) };
        problems.push({ problem: problem("CNN6006", facts), node });
      } else makers.set(value, node);
    }
  }
  return makers;
}

function unknownValue(value: string, node: string, names: readonly string[]): Problem {
  const close = value.length <= LONGEST_ADVISED ? nearest(value, names) : undefined;
  return problem("CNN6004", {
    node: excerpt(node),
    value: excerpt(value),
    ...(close !== undefined && { nearest: excerpt(close) }),
  });
}

/** Of a longer circle the first nodes are named. */
const NAMED = 6;

function cycle(circle: readonly OnnxNode[]): Problem {
  const names = circle.map((node) => excerpt(nodeLabel(node)));
  const [first] = names;
  const nodes = names.length <= NAMED ? [...names, first] : [...names.slice(0, NAMED), "…", first];
  return problem("CNN6005", { nodes });
}
