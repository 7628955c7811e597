/**
 * What follows a kernel element by element runs on its accumulators while they are in
 * registers: a residual add, activations. The steps become the epilogue of the node that
 * makes the result, which moves to where the last of them stood, behind all that they read.
 */
import type { EpilogueStep, Graph, Node, ValueId } from "../graph/graph.ts";
import { EPILOGUES, type Family } from "../graph/operation.ts";
import { sameShape } from "../graph/tensor-type.ts";
import { type Uses, usesOf } from "../graph/uses.ts";
import { layerOf } from "../analysis/table.ts";
import type { Pass } from "./pass.ts";
import { rewrite } from "./rewrite.ts";

export const fuseEpilogues: Pass = {
  name: "fuse-epilogues",
  summary: "runs residual adds and activations inside the kernel whose result they change",
  run: (graph) => {
    const uses = usesOf(graph);
    /** By the last node of a chain, the node that takes its place. */
    const fused = new Map<Node, Node>();
    const gone = new Set<Node>();
    const isTaken = (node: Node): boolean => gone.has(node) || fused.has(node);
    for (const node of graph.nodes) {
      if (!isAlways(node, (family) => EPILOGUES[family] !== "none")) continue;
      const chain = chainBehind(graph, uses, node, isTaken);
      const last = chain.at(-1);
      if (last === undefined) continue;
      fused.set(last.node, join(node, chain));
      for (const member of [node, ...chain.slice(0, -1).map((link) => link.node)]) gone.add(member);
    }
    return rewrite(graph, (node) => {
      if (gone.has(node)) return "gone";
      return { node: fused.get(node) ?? node };
    });
  },
};

interface Link {
  readonly node: Node;
  readonly step: EpilogueStep;
}

/** At most one added map, then functions of single elements: what kernels can finish with. */
function chainBehind(
  graph: Graph,
  uses: Uses,
  node: Node,
  isTaken: (node: Node) => boolean,
): readonly Link[] {
  const chain: Link[] = [];
  const adds = isAlways(node, (family) => EPILOGUES[family] === "sum and functions");
  let at = node;
  for (;;) {
    const [value] = at.outputs;
    const reader = uses.onlyReader(value);
    if (reader === undefined || isTaken(reader) || reader.epilogue !== undefined) return chain;
    const mayAdd = adds && chain.length === 0;
    if (!isFunction(graph, reader) && !(mayAdd && addsMaps(graph, reader))) return chain;
    const inputs = reader.inputs.map((id) => (id === value ? "result" : id));
    chain.push({
      node: reader,
      step: { kind: reader.kind, attributes: reader.attributes, inputs },
    });
    at = reader;
  }
}

/** Whether a node is of such a family whatever its attributes and shapes. */
function isAlways(node: Node, such: (family: Family) => boolean): boolean {
  return layerOf(node).lowering.families.every(such);
}

/** Of one element, such as an activation. */
function isFunction({ values }: Graph, node: Node): boolean {
  const { inputs, outputs } = node;
  const shapes = [...inputs, ...outputs].map((id) => values[id].type.shape);
  const ofElements = isAlways(node, (family) => family === "elementwise");
  return ofElements && inputs.length === 1 && sameShape(shapes[0], shapes[1]);
}

/** Without broadcasting. */
function addsMaps(graph: Graph, { kind, inputs }: Node): boolean {
  if (kind !== "add") return false;
  const [a, b] = inputs.map((id) => graph.values[id].type.shape);
  return sameShape(a, b);
}

function join(node: Node, chain: readonly Link[]): Node {
  const operands = chain.flatMap(({ step }) => step.inputs.filter(isValue));
  const [last] = chain.slice(-1);
  return {
    ...node,
    inputs: [...node.inputs, ...operands],
    outputs: last.node.outputs,
    epilogue: chain.map(({ step }) => step),
  };
}

function isValue(input: ValueId | "result"): input is ValueId {
  return input !== "result";
}
