/** Slices that together are all of a tensor: `split`. */
import { isKnown, sameDim } from "../../../../graph/dim.ts";
import type { Graph, Node, ValueId } from "../../../../graph/graph.ts";
import type { Draft } from "../draft.ts";
import type { Pattern } from "./pattern.ts";

interface Part {
  readonly node: Node;
  readonly axis: number;
  readonly start: number;
  readonly size: number;
}

export const splits: Pattern = {
  name: "split",
  summary: "slices of one tensor that lie one behind the other and leave nothing out",
  apply: (draft) => {
    const whole = partedTensors(draft.graph);
    return whole.length === 0 ? draft : { ...draft, graph: withSplits(draft, whole) };
  },
};

/** The slices of each tensor that is cut up completely, in their order. */
function partedTensors({ nodes, values }: Graph): readonly (readonly Part[])[] {
  const byTensor = new Map<string, Part[]>();
  for (const node of nodes) {
    const part = partOf(node, values);
    if (part === undefined) continue;
    const key = `${node.inputs[0]} ${part.axis}`;
    byTensor.set(key, [...(byTensor.get(key) ?? []), part]);
  }
  return [...byTensor.values()].flatMap((parts) => {
    const sorted = parts.toSorted((a, b) => a.start - b.start);
    const [{ node, axis }] = sorted;
    let end = 0;
    for (const { start, size } of sorted) {
      if (start !== end) return [];
      end += size;
    }
    const whole = values[node.inputs[0]].type.shape[axis];
    return sameDim(whole, end) ? [sorted] : [];
  });
}

/** Imported slices count their axis and their start from 0. */
function partOf(node: Node, values: Graph["values"]): Part | undefined {
  const { axis, start, step } = node.attributes;
  if (node.kind !== "slice" || typeof axis !== "number" || step !== 1) return undefined;
  const size = values[node.outputs[0]].type.shape[axis];
  return typeof start === "number" && isKnown(size) ? { node, axis, start, size } : undefined;
}

/** One node in place of the first slice of each tensor, with the others' outputs. */
function withSplits({ graph }: Draft, wholes: readonly (readonly Part[])[]): Graph {
  const splitAt = new Map<Node, readonly Part[]>();
  const gone = new Set<Node>();
  for (const parts of wholes) {
    const nodes = new Set(parts.map(({ node }) => node));
    const [first] = graph.nodes.filter((node) => nodes.has(node));
    splitAt.set(first, parts);
    for (const node of nodes) if (node !== first) gone.add(node);
  }
  const renumbered = new Map<ValueId, ValueId>();
  const values: Graph["values"][number][] = [];
  const make = (old: ValueId, name: string): ValueId => {
    const id = values.length;
    values.push({ ...graph.values[old], id, name });
    renumbered.set(old, id);
    return id;
  };
  const read = (old: ValueId): ValueId => renumbered.get(old) ?? old;
  const inputs = graph.inputs.map((id) => make(id, graph.values[id].name));
  const nodes = graph.nodes.flatMap((node): readonly Node[] => {
    if (gone.has(node)) return [];
    const parts = splitAt.get(node);
    const from = node.inputs.map(read);
    if (parts === undefined) {
      const outputs = node.outputs.map((id) => make(id, graph.values[id].name));
      return [{ ...node, inputs: from, outputs }];
    }
    const [{ axis, size }] = parts;
    const even = parts.every((part) => part.size === size);
    const sections = even ? [parts.length] : parts.map((part) => part.size);
    const outputs = parts.map((part, at) =>
      make(part.node.outputs[0], at === 0 ? node.name : `${node.name}:${at}`),
    );
    return [{ ...node, kind: "split", attributes: { sections, axis }, inputs: from, outputs }];
  });
  const outputs = graph.outputs.map(({ name, value }) => ({ name, value: read(value) }));
  return { ...graph, inputs, nodes, values, outputs };
}
