/**
 * The arrows of a picture, and which of them are the way of the network: the longest one. It is
 * drawn straight, and shortcuts and short branches go around it.
 */
import type { Graph, ValueId } from "../../graph/graph.ts";
import type { Box } from "./dot-boxes.ts";

export interface Arrow {
  readonly value: ValueId;
  /** Names of the picture's nodes. */
  readonly from: string;
  readonly to: string;
  /** Part of the longest way from and to what it joins. */
  readonly isMain: boolean;
  /** The one of the value's arrows at which its shape is shown. */
  readonly isFirst: boolean;
}

type Bare = Pick<Arrow, "value" | "from" | "to">;

/** @param ids names of the boxes, in the order in which they are computed */
export function arrowsOf(graph: Graph, ids: ReadonlyMap<Box, string>): readonly Arrow[] {
  const makers = makersOf(graph, ids);
  const arrow = (value: ValueId, to: string): Bare => ({
    value,
    from: makers.get(value) ?? "",
    to,
  });
  const arrows = [
    ...[...ids].flatMap(([box, name]) => readBy(box).map((id) => arrow(id, name))),
    ...graph.outputs.map(({ value }, i) => arrow(value, `output${i}`)),
  ];
  // Boxes stand in the order of computation, so that one pass each way finds all lengths.
  const fromInputs = longestWays(arrows, ({ from, to }) => [from, to]);
  const toOutputs = longestWays(arrows.toReversed(), ({ from, to }) => [to, from]);
  const mainFrom = furthest(
    arrows,
    ({ from }) => from,
    ({ to }) => toOutputs.get(to) ?? 0,
  );
  const mainTo = furthest(
    arrows,
    ({ to }) => to,
    ({ from }) => fromInputs.get(from) ?? 0,
  );
  const first = furthest(
    arrows,
    ({ value }) => String(value),
    ({ to }) => toOutputs.get(to) ?? 0,
  );
  return arrows.map((bare) => ({
    ...bare,
    isMain: mainFrom.has(bare) && mainTo.has(bare),
    isFirst: first.has(bare),
  }));
}

/** The most arrows from any node without an end in front to each node. */
function longestWays(
  arrows: readonly Bare[],
  ends: (arrow: Bare) => readonly [start: string, end: string],
): ReadonlyMap<string, number> {
  const lengths = new Map<string, number>();
  for (const arrow of arrows) {
    const [start, end] = ends(arrow);
    lengths.set(end, Math.max(lengths.get(end) ?? 0, (lengths.get(start) ?? 0) + 1));
  }
  return lengths;
}

/** Of the arrows with one key, the one with the longest way. */
function furthest(
  arrows: readonly Bare[],
  keyOf: (arrow: Bare) => string,
  lengthOf: (arrow: Bare) => number,
): ReadonlySet<Bare> {
  const best = new Map<string, Bare>();
  for (const arrow of arrows) {
    const known = best.get(keyOf(arrow));
    if (known === undefined || lengthOf(arrow) > lengthOf(known)) best.set(keyOf(arrow), arrow);
  }
  return new Set(best.values());
}

/** The picture's node that each value comes from. */
function makersOf(graph: Graph, ids: ReadonlyMap<Box, string>): ReadonlyMap<ValueId, string> {
  const makers = new Map(graph.inputs.map((id) => [id, `input${id}`]));
  for (const [box, name] of ids) {
    for (const id of box.nodes.flatMap((node) => node.outputs)) makers.set(id, name);
  }
  return makers;
}

/** What flows into a box from outside. */
function readBy({ nodes }: Box): readonly ValueId[] {
  const made = new Set(nodes.flatMap((node) => node.outputs));
  return nodes.flatMap((node) => node.inputs).filter((id) => !made.has(id));
}
