/**
 * An imported graph on its way to one that a person would have written: the graph with its
 * weights' numbers and origins, and the one way in which patterns change it.
 */
import { layerOfKind } from "../../../analysis/table.ts";
import { InternalFault } from "../../../diagnostics/diagnostic.ts";
import type { Attributes } from "../../../graph/attributes.ts";
import { decide } from "../../../graph/condition.ts";
import type { Graph, Node, ValueId, Weight } from "../../../graph/graph.ts";
import type { Dim } from "../../../graph/dim.ts";
import { sameShape } from "../../../graph/tensor-type.ts";
import { removeDeadNodes } from "../../../optimize/remove-dead-nodes.ts";
import { rewrite } from "../../../optimize/rewrite.ts";
import { type StoredArray, toTensor } from "../../tensors/stored-array.ts";
import type { Origin } from "./emission.ts";

export interface Draft {
  readonly graph: Graph;
  /** By the weights' names in the graph. */
  readonly arrays: ReadonlyMap<string, StoredArray>;
  /** By the nodes' names in the graph. */
  readonly origins: ReadonlyMap<string, Origin>;
}

/** What several nodes are together. */
export interface Recognised {
  readonly kind: string;
  /** Without those that have their default. */
  readonly attributes?: Attributes;
  readonly inputs: readonly ValueId[];
  readonly weights?: Readonly<Record<string, NamedArray>>;
}

export interface NamedArray {
  readonly array: StoredArray;
  /** ONNX's name. */
  readonly name: string;
}

/** Looks at the nodes around one; what is not there is undefined. */
export class View {
  readonly draft: Draft;
  private readonly makers = new Map<ValueId, Node>();
  private readonly counts = new Map<ValueId, number>();
  private readonly weightCounts = new Map<string, number>();

  constructor(draft: Draft) {
    this.draft = draft;
    for (const node of draft.graph.nodes) {
      for (const id of node.outputs) this.makers.set(id, node);
      for (const id of node.inputs) this.count(id);
      for (const name of Object.values(node.weights)) {
        this.weightCounts.set(name, this.weightUses(name) + 1);
      }
    }
    for (const { value } of draft.graph.outputs) this.count(value);
  }

  private count(id: ValueId): void {
    this.counts.set(id, (this.counts.get(id) ?? 0) + 1);
  }

  /** The node that makes the value, if it is of one of these kinds. */
  made(id: ValueId | undefined, ...kinds: readonly string[]): Node | undefined {
    const node = id === undefined ? undefined : this.makers.get(id);
    return node !== undefined && kinds.includes(node.kind) ? node : undefined;
  }

  shape(id: ValueId): readonly Dim[] {
    return this.draft.graph.values[id].type.shape;
  }

  /** How often the value is read, as a result of the graph too. */
  uses(id: ValueId): number {
    return this.counts.get(id) ?? 0;
  }

  /** How many layers have the weight. */
  weightUses(name: string): number {
    return this.weightCounts.get(name) ?? 0;
  }

  /** The learned tensor that the value is. */
  parameter(id: ValueId): NamedArray | undefined {
    const node = this.made(id, "parameter");
    return node && this.weight(node, "value");
  }

  weight({ name, weights }: Node, role: string): NamedArray | undefined {
    const array = this.draft.arrays.get(weights[role] ?? "");
    const given = this.draft.origins.get(name)?.weights[role];
    return array && { array, name: given ?? weights[role] };
  }

  numbers({ array }: NamedArray): Float64Array {
    return toTensor(array).data;
  }

  /** The other input of a node of two. */
  other({ inputs: [a, b] }: Node, id: ValueId): ValueId {
    return a === id ? b : a;
  }
}

/**
 * Puts one layer in place of each node for which `find` recognises what leads to it. A layer is
 * only taken where its own shape rule gives the same result for all sizes.
 */
export function recognise(
  draft: Draft,
  find: (node: Node, view: View) => Recognised | undefined,
): Draft {
  const view = new View(draft);
  const arrays = new Map(draft.arrays);
  const origins = new Map(draft.origins);
  let changed = false;
  const graph = rewrite(draft.graph, (node) => {
    const found = node.outputs.length === 1 ? find(node, view) : undefined;
    const made = found && layerFor(node, found, view);
    if (found === undefined || made === undefined) return { node };
    changed = true;
    if (found.kind === "identity") return { value: found.inputs[0] };
    for (const weight of made.weights) {
      const role = weight.name.slice(node.name.length + 1);
      const named = found.weights?.[role];
      if (named === undefined) throw new InternalFault(`${found.kind} was given no ${role}`);
      arrays.set(weight.name, named.array);
    }
    const origin = origins.get(node.name);
    if (origin !== undefined) {
      const names = Object.entries(found.weights ?? {}).map(([role, { name }]) => [role, name]);
      origins.set(node.name, { ...origin, weights: Object.fromEntries(names) });
    }
    return made;
  });
  return changed ? { graph: removeDeadNodes.run(graph), arrays, origins } : draft;
}

function layerFor(
  node: Node,
  { kind, attributes: given = {}, inputs, weights: stored = {} }: Recognised,
  view: View,
): { readonly node: Node; readonly weights: readonly Weight[] } | undefined {
  const layer = layerOfKind(kind);
  const attributes = Object.fromEntries(
    Object.entries(layer.parameters).map(([name, { default: value }]) => [
      name,
      given[name] ?? value ?? null,
    ]),
  );
  const types = inputs.map((id) => view.draft.graph.values[id].type);
  const result = layer.shape(attributes, types);
  if ("code" in result || !sameShape(result.outputs[0].shape, view.shape(node.outputs[0]))) {
    return undefined;
  }
  if (result.requires.some(({ condition }) => decide(condition).holds !== "always")) {
    return undefined;
  }
  const roles = Object.entries(layer.weights(attributes, types));
  if (roles.some(([role, { shape }]) => !sameShape(shape, stored[role]?.array.shape ?? []))) {
    return undefined;
  }
  const weights = roles.map(([role, { shape, role: use }]): Weight => ({
    name: `${node.name}.${role}`,
    shape,
    dtype: "f32",
    role: use,
  }));
  const names = Object.fromEntries(roles.map(([role], at) => [role, weights[at].name]));
  return {
    node: { ...node, kind, attributes, inputs, outputs: node.outputs, weights: names },
    weights,
  };
}
