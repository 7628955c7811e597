/**
 * What follows a kernel element by element runs on its accumulators while they are in
 * registers: a residual add, activations. The steps become the epilogue of the node that
 * makes the result, which moves to where the last of them stood, behind all that they read.
 */
import type { EpilogueStep, Graph, Node, ValueId } from "../graph/graph.ts";
import { sameShape } from "../graph/tensor-type.ts";
import { type Uses, usesOf } from "../graph/uses.ts";
import { layers } from "../layers/index.ts";
import type { Pass } from "./pass.ts";
import { rewrite } from "./rewrite.ts";

/** Layers whose kernels finish their result before they store it, beside those of elements. */
const WITH_EPILOGUE: ReadonlySet<string> = new Set([
  "conv",
  "depthwise",
  "conv_transpose",
  "linear",
  "matmul",
  "batch_norm",
  "normalize",
  "instance_norm",
  "group_norm",
  "layer_norm",
  "adain",
  "lrn",
  "prelu",
  "upsample",
  "mean",
  "max_pool",
  "avg_pool",
  "adaptive_max_pool",
  "adaptive_avg_pool",
  "global_max_pool",
  "global_avg_pool",
]);

/** Layers whose kernels can also add a map to their result. */
const WITH_ADD: ReadonlySet<string> = new Set(["conv", "depthwise", "conv_transpose", "linear"]);

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
      if (!hasEpilogue(node)) continue;
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
  let at = node;
  for (;;) {
    const [value] = at.outputs;
    const reader = uses.onlyReader(value);
    if (reader === undefined || isTaken(reader) || reader.epilogue !== undefined) return chain;
    const mayAdd = chain.length === 0 && WITH_ADD.has(node.kind);
    if (!isFunction(reader) && !(mayAdd && addsMaps(graph, reader))) return chain;
    const inputs = reader.inputs.map((id) => (id === value ? "result" : id));
    chain.push({
      node: reader,
      step: { kind: reader.kind, attributes: reader.attributes, inputs },
    });
    at = reader;
  }
}

function hasEpilogue({ kind }: Node): boolean {
  return WITH_EPILOGUE.has(kind) || layers.get(kind)?.lowering.ofElements === true;
}

/** Of one element, such as an activation. */
function isFunction({ kind, inputs }: Node): boolean {
  return layers.get(kind)?.lowering.ofElements === true && inputs.length === 1;
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
