/**
 * What a graph costs: numbers to train, multiply-adds and memory. Sizes may be named, and
 * then so are the costs.
 */
import { ownInputs, typesOf, weightOf } from "../graph/access.ts";
import { type Dim, sum, isKnown, mul, product } from "../graph/dim.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { lastUses } from "../graph/lifetimes.ts";
import type { TensorType } from "../graph/tensor-type.ts";
import { layerOf } from "./table.ts";

const BYTES_OF_F32 = 4;

/** Elements of the weights, each tensor once however many layers share it. */
export function parameterCount(graph: Graph, role: "parameter" | "buffer" = "parameter"): Dim {
  const weights = [...graph.weights.values()].filter((weight) => weight.role === role);
  return sum(weights.map(({ shape }) => product(shape)));
}

/** Elements of a node's own weights of role `parameter`. */
export function nodeParameters(graph: Graph, node: Node): Dim {
  const weights = Object.values(node.weights).map((name) => weightOf(graph, name));
  const trained = weights.filter(({ role }) => role === "parameter");
  return sum(trained.map(({ shape }) => product(shape)));
}

/** Multiply-adds of the whole graph for the whole batch. */
export function multiplyAdds(graph: Graph): Dim {
  return sum(graph.nodes.map((node) => nodeMacs(graph, node)));
}

/** Multiply-adds of one node for the whole batch. */
export function nodeMacs(graph: Graph, node: Node): Dim {
  const inputs = typesOf(graph, ownInputs(node));
  const outputs = typesOf(graph, node.outputs);
  return layerOf(node).cost(node.attributes, inputs, outputs).macs;
}

/** Bytes of a node's outputs as float32. */
export function nodeBytes(graph: Graph, node: Node): Dim {
  return sum(typesOf(graph, node.outputs).map(bytesOf));
}

/** Bytes of the outputs of all nodes as float32: what training keeps. */
export function activationBytes(graph: Graph): Dim {
  return sum(graph.nodes.map((node) => nodeBytes(graph, node)));
}

/**
 * The most bytes that inputs and outputs take at one moment when nodes run in order and a
 * tensor is freed after its last use; undefined while sizes are named.
 */
export function peakBytes(graph: Graph): number | undefined {
  const sizes: number[] = [];
  for (const { type } of graph.values) {
    const bytes = bytesOf(type);
    if (!isKnown(bytes)) return undefined;
    sizes.push(bytes);
  }
  const freedAfter: number[][] = graph.nodes.map(() => []);
  lastUses(graph).forEach((node, id) => freedAfter[node]?.push(id));
  let live = graph.inputs.reduce((total, id) => total + sizes[id], 0);
  let peak = live;
  graph.nodes.forEach((node, index) => {
    for (const id of node.outputs) live += sizes[id];
    peak = Math.max(peak, live);
    for (const id of freedAfter[index]) live -= sizes[id];
  });
  return peak;
}

function bytesOf({ shape }: TensorType): Dim {
  return mul(BYTES_OF_F32, product(shape));
}
