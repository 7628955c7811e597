/**
 * Gives a graph its weights from a file. Names, types and shapes are compared as a whole
 * before anything is decoded, and every mistake is a diagnostic at the layer's line.
 */
import { type Diagnostic, InternalFault, problem } from "../diagnostics/diagnostic.ts";
import { place } from "../diagnostics/place.ts";
import { toWeight } from "../formats/tensors/stored-array.ts";
import type { Graph, Node } from "../graph/graph.ts";
import type { WeightTensor, WeightTensors } from "../graph/tensor.ts";
import { formatIndex } from "./inputs.ts";
import { type Arrays, type Binding, listed, mismatches } from "./weight-mismatches.ts";

export interface BoundWeights {
  /** By name, exactly those of the graph; empty where there are errors. */
  readonly weights: WeightTensors;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Sizes of the graph may be named; a weight of named size takes what the file has.
 * @param file the file's name in messages
 */
export function bindWeights(graph: Graph, arrays: Arrays, file: string): BoundWeights {
  const binding: Binding = {
    graph,
    arrays: withoutCounters(arrays),
    file,
    owners: ownersOf(graph),
  };
  const different = mismatches(binding);
  if (different.length > 0) return { weights: new Map(), diagnostics: different };
  const weights = new Map<string, WeightTensor>();
  const invalid: Diagnostic[] = [];
  for (const [name, node] of binding.owners) {
    const array = binding.arrays.get(name);
    if (array === undefined) throw new InternalFault(`weight ${name} was not compared`);
    const tensor = toWeight(array);
    const fault = valueFault(tensor, { layer: node.name, tensor: name, file }, node);
    if (fault === undefined) weights.set(name, tensor);
    else invalid.push(fault);
  }
  return invalid.length === 0
    ? { weights, diagnostics: [] }
    : { weights: new Map(), diagnostics: listed(file, "tensors hold such values", invalid) };
}

function valueFault(
  { shape, data }: WeightTensor,
  facts: { readonly layer: string; readonly tensor: string; readonly file: string },
  { span }: Node,
): Diagnostic | undefined {
  if (hasFiniteSum(data)) return undefined;
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return undefined;
  const found = { value: String(data[at]), index: formatIndex(shape, at) };
  return place(problem("CNN5014", { ...facts, ...found }), span);
}

/**
 * Faster than asking each: what is not finite makes every sum so. Four sums, since each waits for
 * its last addition.
 */
function hasFiniteSum(data: WeightTensor["data"]): boolean {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = data.length - (data.length % 4);
  for (let at = 0; at < whole; at += 4) {
    a += data[at];
    b += data[at + 1];
    c += data[at + 2];
    d += data[at + 3];
  }
  for (let at = whole; at < data.length; at++) a += data[at];
  return Number.isFinite(a + b + c + d);
}

/** PyTorch counts batches in each batch_norm; nothing here uses the count. */
function withoutCounters(arrays: Arrays): Arrays {
  return new Map([...arrays].filter(([name]) => !/(^|\.)num_batches_tracked$/.test(name)));
}

function ownersOf(graph: Graph): ReadonlyMap<string, Node> {
  const owners = new Map<string, Node>();
  for (const node of graph.nodes) {
    for (const name of Object.values(node.weights)) {
      if (!owners.has(name)) owners.set(name, node);
    }
  }
  return owners;
}
