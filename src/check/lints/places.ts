/**
 * One place of a program makes many nodes where a block or a `repeat` is used often. A remedy
 * changes them all, so some lints speak only where every one of them is at fault.
 */
import type { Graph, Node } from "../../graph/graph.ts";

export interface Finding<T> {
  /** The first node that the place makes. */
  readonly node: Node;
  readonly found: T;
}

/** The first finding of each place of whose nodes `find` finds something in every one. */
export function inEveryUse<T>(
  graph: Graph,
  find: (node: Node) => T | undefined,
): readonly Finding<T>[] {
  const places = new Map<string, Finding<T> | undefined>();
  for (const node of graph.nodes) {
    const { file, start, end } = node.span;
    const place = `${start}-${end} ${file} ${node.kind}`;
    const known = places.get(place);
    if (known === undefined && places.has(place)) continue;
    const found = find(node);
    if (found === undefined) places.set(place, undefined);
    else if (known === undefined) places.set(place, { node, found });
  }
  return [...places.values()].filter((finding) => finding !== undefined);
}
