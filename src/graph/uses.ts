/** Who makes and who reads each value of a graph. */
import type { Graph, Node, ValueId } from "./graph.ts";

/** A node reads a value once for each input that it is; a result of the graph is read too. */
export interface Uses {
  /** The one node that reads the value, where nothing else does. */
  onlyReader(value: ValueId): Node | undefined;
  /** All nodes that read the value; undefined where it is a result too. */
  readers(value: ValueId): readonly Node[] | undefined;
  /** The node that makes the value; undefined for an input. */
  maker(value: ValueId): Node | undefined;
}

export function usesOf(graph: Graph): Uses {
  const readers = new Map<ValueId, (Node | "result")[]>();
  const makers = new Map<ValueId, Node>();
  const note = (value: ValueId, reader: Node | "result"): void => {
    const known = readers.get(value);
    if (known === undefined) readers.set(value, [reader]);
    else known.push(reader);
  };
  for (const node of graph.nodes) {
    for (const id of node.inputs) note(id, node);
    for (const id of node.outputs) makers.set(id, node);
  }
  for (const { value } of graph.outputs) note(value, "result");
  return {
    onlyReader: (value) => {
      const [first, ...others] = readers.get(value) ?? [];
      return first === undefined || first === "result" || others.length > 0 ? undefined : first;
    },
    readers: (value) => {
      const all = readers.get(value) ?? [];
      const nodes = all.filter((reader) => reader !== "result");
      return nodes.length < all.length ? undefined : nodes;
    },
    maker: (value) => makers.get(value),
  };
}
