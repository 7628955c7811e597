/**
 * Which nodes the outputs need, in an order in which every node stands behind the makers of its
 * inputs; and what is wrong with the names by which they are tied together.
 */
import { type Problem, problem } from "../../../diagnostics/diagnostic.ts";
import { nearest } from "../../../diagnostics/nearest.ts";
import { excerpt } from "../../excerpt.ts";
import { type OnnxModel, type OnnxNode, nodeLabel } from "./model.ts";

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

export function orderNodes(model: OnnxModel): Ordered {
  const problems: PlacedProblem[] = [];
  const makers = makersOf(model, problems);
  const given = new Set([...model.inputs.map(({ name }) => name), ...model.initializers.keys()]);
  const nodes: OnnxNode[] = [];
  const state = new Map<OnnxNode, "open" | "done">();
  const names = (): readonly string[] =>
    problems.length < ADVISED ? [...given, ...makers.keys()] : [];

  /** Depth first on a stack of its own: networks are deeper than a call stack. */
  const visit = (root: OnnxNode): void => {
    const path: { readonly node: OnnxNode; next: number }[] = [{ node: root, next: 0 }];
    state.set(root, "open");
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { node } = top;
      if (top.next >= node.inputs.length) {
        state.set(node, "done");
        nodes.push(node);
        path.pop();
        continue;
      }
      const at = top.next++;
      const value = node.inputs[at];
      if (value === "" || given.has(value)) continue;
      const maker = makers.get(value);
      if (maker === undefined) {
        problems.push({ problem: unknownValue(value, nodeLabel(node), names()), node, input: at });
      } else if (!state.has(maker)) {
        state.set(maker, "open");
        path.push({ node: maker, next: 0 });
      } else if (state.get(maker) === "open") {
        const circle = path.slice(path.findIndex((step) => step.node === maker));
        problems.push({ problem: cycle(circle.map((step) => step.node)), node, input: at });
      }
    }
  };
  for (const { name } of model.outputs) {
    const maker = makers.get(name);
    if (maker !== undefined && !state.has(maker)) visit(maker);
    else if (maker === undefined && !given.has(name)) {
      const label = "the model's outputs";
      problems.push({ problem: unknownValue(name, label, names()), node: undefined });
    }
  }
  return { nodes, problems };
}

/** So many missing values get advice: looking for similar names takes time. */
const ADVISED = 20;
/** No person mistypes a longer name. */
const LONGEST_ADVISED = 200;

function makersOf(model: OnnxModel, problems: PlacedProblem[]): ReadonlyMap<string, OnnxNode> {
  const makers = new Map<string, OnnxNode>();
  const inputs = new Set(model.inputs.map(({ name }) => name));
  for (const node of model.nodes) {
    for (const value of node.outputs) {
      if (value === "") continue;
      if (makers.has(value) || inputs.has(value) || model.initializers.has(value)) {
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
