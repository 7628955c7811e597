/**
 * Parts of a network whose layers do not care in which order the axes stand, and how many
 * transpositions each takes as it is and with its axes in another order.
 */
import type { Node, ValueId } from "../../../../graph/graph.ts";
import type { View } from "../draft.ts";
import { isFlattenedFor } from "../patterns/flattened-linear.ts";
import { type Order, inverseOf, isPermuteBy, orderOf, sameOrder } from "./order.ts";
import { type TurnedLayer, turnedLayer } from "./turned-layer.ts";

export interface Region {
  /** Its layers as they are when they are turned. */
  readonly layers: Map<Node, TurnedLayer>;
}

/** The largest parts that are tied together by tensors with as many axes as the order has. */
export function regionsOf(order: Order, view: View): readonly Region[] {
  const regions = new Map<ValueId, Region>();
  for (const node of view.draft.graph.nodes) {
    const layer = turnedLayer(node, order, view);
    if (layer === undefined) continue;
    const tied = tiedValues(node, layer, view);
    const met = new Set(tied.flatMap((id) => regions.get(id) ?? []));
    const [largest, ...others] = [...met].toSorted((a, b) => b.layers.size - a.layers.size);
    const region = largest ?? { layers: new Map() };
    region.layers.set(node, layer);
    for (const { layers } of others) {
      for (const [other, turned] of layers) {
        region.layers.set(other, turned);
        for (const id of tiedValues(other, turned, view)) regions.set(id, region);
      }
    }
    for (const id of tied) regions.set(id, region);
  }
  return [...new Set(regions.values())];
}

/** The values of a layer that are turned with it; stored numbers are turned for nothing. */
function tiedValues(node: Node, { reads, makes }: TurnedLayer, view: View): readonly ValueId[] {
  const inputs = reads ? node.inputs.filter((id) => view.made(id, "parameter") === undefined) : [];
  return [...inputs, ...(makes ? node.outputs : [])];
}

interface Change {
  /** Transpositions that go. */
  readonly saved: number;
  /** Those that come. */
  readonly added: number;
}

/** What turning the region does. */
export function changeOf({ layers }: Region, order: Order, view: View, users: Users): Change {
  const [read, made] = [new Set<ValueId>(), new Set<ValueId>()];
  for (const [node, layer] of layers) {
    for (const id of tiedValues(node, layer, view))
      (node.outputs.includes(id) ? made : read).add(id);
  }
  let [saved, added] = [0, 0];
  for (const id of new Set([...read, ...made])) {
    const beside = users.of(id).filter((user) => user === "output" || !layers.has(user));
    saved += beside.filter((user) => user !== "output" && isPermuteBy(order, user)).length;
    if (made.has(id)) {
      if (beside.some((user) => user === "output" || needsItAsItWas(user, users))) added++;
      continue;
    }
    const maker = view.made(id, "permute");
    const goes = maker !== undefined && beside.length === 0;
    const undoes = maker !== undefined && sameOrder(orderOf(maker), inverseOf(order));
    if (undoes && goes) saved++;
    // Another transposition takes the new one in.
    if (!undoes && !goes) added++;
  }
  return { saved, added };
}

/** Not a transposition, which takes the new one in, and not a linear layer of all pixels. */
function needsItAsItWas(user: Node, users: Users): boolean {
  return user.kind !== "permute" && !users.isFlattenedForLinear(user);
}

/** Who reads a value. */
export class Users {
  private readonly users = new Map<ValueId, (Node | "output")[]>();
  private readonly view: View;

  constructor(view: View) {
    this.view = view;
    const { nodes, outputs } = view.draft.graph;
    for (const node of nodes) for (const id of new Set(node.inputs)) this.add(id, node);
    for (const { value } of outputs) this.add(value, "output");
  }

  private add(id: ValueId, user: Node | "output"): void {
    const known = this.users.get(id);
    if (known === undefined) this.users.set(id, [user]);
    else known.push(user);
  }

  of(id: ValueId): readonly (Node | "output")[] {
    return this.users.get(id) ?? [];
  }

  isFlattenedForLinear(flatten: Node): boolean {
    const [only] = this.of(flatten.outputs[0]);
    return only !== undefined && only !== "output" && isFlattenedFor(only, flatten, this.view);
  }
}
