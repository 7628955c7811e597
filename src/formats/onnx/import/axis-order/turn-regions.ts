/**
 * Networks with channels last, as TensorFlow has them, become such with channels first: exporters
 * stand each convolution between two transpositions, and here those parts between them whose layers
 * do not care are turned instead.
 */
import { InternalFault } from "../../../../diagnostics/diagnostic.ts";
import type { Graph, Node, Value, ValueId, Weight } from "../../../../graph/graph.ts";
import { isKnown } from "../../../../graph/dim.ts";
import { tensorType } from "../../../../graph/tensor-type.ts";
import { removeDeadNodes } from "../../../../optimize/remove-dead-nodes.ts";
import type { StoredArray } from "../../../tensors/stored-array.ts";
import { permutedArray, reshapedArray } from "../arrays.ts";
import { type Draft, View } from "../draft.ts";
import type { Origin } from "../emission.ts";
import {
  type Order,
  inverseOf,
  isPermuteBy,
  isToChannelsFirst,
  orderOf,
  turnedBroadcast,
  turnedShape,
} from "./order.ts";
import { Users, changeOf, regionsOf } from "./regions.ts";
import type { TurnedLayer } from "./turned-layer.ts";

/** Each round takes transpositions away or moves them to an end; no network needs more. */
const MOST_ROUNDS = 8;

export function turnRegions(draft: Draft): Draft {
  let result = draft;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = result;
    for (const order of ordersOf(result.graph)) result = turnedBy(result, order);
    if (result === before) break;
  }
  return result;
}

/** A network has two or three, to channels last and back. */
const MOST_ORDERS = 8;

/** Those of the graph's first transpositions and their inverses, those to channels first before others. */
function ordersOf({ nodes }: Graph): readonly Order[] {
  const orders = new Map<string, Order>();
  for (const node of nodes) {
    if (node.kind !== "permute") continue;
    for (const order of [orderOf(node), inverseOf(orderOf(node))]) orders.set(order.join(), order);
    if (orders.size >= MOST_ORDERS) break;
  }
  return [...orders.values()].toSorted(
    (a, b) => Number(isToChannelsFirst(b)) - Number(isToChannelsFirst(a)),
  );
}

function turnedBy(draft: Draft, order: Order): Draft {
  const view = new View(draft);
  const users = new Users(view);
  const layers = new Map<Node, TurnedLayer>();
  for (const region of regionsOf(order, view)) {
    const { saved, added } = changeOf(region, order, view, users);
    const isTie = saved === added && saved > 0 && isToChannelsFirst(order);
    if (saved > added || isTie) for (const entry of region.layers) layers.set(...entry);
  }
  return layers.size === 0 ? draft : new Turner(draft, order, layers).run();
}

/** Builds the graph anew, with transpositions where a value is read in the form that is not there. */
class Turner {
  private readonly draft: Draft;
  private readonly order: Order;
  private readonly inverse: Order;
  private readonly layers: ReadonlyMap<Node, TurnedLayer>;
  private readonly makers = new Map<ValueId, Node>();
  private readonly values: Value[] = [];
  private readonly nodes: Node[] = [];
  private readonly weights: Map<string, Weight>;
  private readonly arrays: Map<string, StoredArray>;
  private readonly origins: Map<string, Origin>;
  private readonly names: Set<string>;
  /** How many names were made. */
  private made = 0;
  /** The new values by the old ones, as they were and turned. */
  private readonly plain = new Map<ValueId, ValueId>();
  private readonly turned = new Map<ValueId, ValueId>();

  constructor(draft: Draft, order: Order, layers: ReadonlyMap<Node, TurnedLayer>) {
    this.draft = draft;
    this.order = order;
    this.inverse = inverseOf(order);
    this.layers = layers;
    for (const node of draft.graph.nodes) {
      for (const id of node.outputs) this.makers.set(id, node);
    }
    this.weights = new Map(draft.graph.weights);
    this.arrays = new Map(draft.arrays);
    this.origins = new Map(draft.origins);
    this.names = new Set(draft.graph.nodes.map(({ name }) => name));
  }

  run(): Draft {
    const { graph } = this.draft;
    const inputs = graph.inputs.map((id) => {
      const { name, type } = graph.values[id];
      const made = this.value(name, type.shape);
      this.plain.set(id, made);
      return made;
    });
    for (const node of graph.nodes) this.node(node);
    const outputs = graph.outputs.map(({ name, value }) => ({ name, value: this.read(value) }));
    const { nodes, values, weights } = this;
    const whole = { ...graph, inputs, nodes, values, outputs, weights };
    return { graph: removeDeadNodes.run(whole), arrays: this.arrays, origins: this.origins };
  }

  private node(node: Node): void {
    const layer = this.layers.get(node);
    const [input] = node.inputs;
    if (layer !== undefined) this.turnedNode(node, layer);
    else if (isPermuteBy(this.order, node) && this.turned.has(input)) {
      this.plain.set(node.outputs[0], this.readTurned(input));
    } else {
      const inputs = node.inputs.map((id) => this.read(id));
      this.nodes.push({ ...node, inputs, outputs: this.outputs(node, false) });
    }
  }

  private turnedNode(node: Node, layer: TurnedLayer): void {
    const { kind, attributes, reads, makes, weightAxes = 0 } = layer;
    const inputs = node.inputs.map((id) => (reads ? this.readTurned(id) : this.read(id)));
    if (weightAxes > 0) this.reshapeWeight(node.weights["weight"], weightAxes);
    this.nodes.push({ ...node, kind, attributes, inputs, outputs: this.outputs(node, makes) });
  }

  private outputs(node: Node, turned: boolean): readonly ValueId[] {
    return node.outputs.map((id) => {
      const { name, type } = this.draft.graph.values[id];
      const made = this.value(name, turned ? turnedShape(type.shape, this.order) : type.shape);
      (turned ? this.turned : this.plain).set(id, made);
      return made;
    });
  }

  private value(name: string, shape: Value["type"]["shape"]): ValueId {
    const id = this.values.length;
    this.values.push({ id, name, type: tensorType(shape) });
    return id;
  }

  private read(old: ValueId): ValueId {
    return this.plain.get(old) ?? this.permuted(this.known(this.turned, old), old, this.inverse);
  }

  private readTurned(old: ValueId): ValueId {
    const known = this.turned.get(old);
    if (known !== undefined) return known;
    const maker = this.makers.get(old);
    const id =
      maker?.kind === "parameter"
        ? this.turnedParameter(maker, old)
        : maker !== undefined && isPermuteBy(this.inverse, maker)
          ? this.read(maker.inputs[0])
          : this.permuted(this.known(this.plain, old), old, this.order);
    this.turned.set(old, id);
    return id;
  }

  private known(values: ReadonlyMap<ValueId, ValueId>, old: ValueId): ValueId {
    const id = values.get(old);
    if (id === undefined) throw new InternalFault(`value ${old} is read before it is made`);
    return id;
  }

  /** A transposition of the new value, which stands for the old one in one of its forms. */
  private permuted(from: ValueId, old: ValueId, order: Order): ValueId {
    const name = this.fresh("permute");
    const id = this.value(name, turnedShape(this.values[from].type.shape, order));
    const { span } = this.makers.get(old) ?? this.draft.graph.nodes[0];
    const attributes = { order };
    this.nodes.push({
      name,
      kind: "permute",
      attributes,
      inputs: [from],
      outputs: [id],
      weights: {},
      span,
    });
    if (order === this.inverse) this.plain.set(old, id);
    return id;
  }

  /** The stored numbers in the other order, as a parameter of its own. */
  private turnedParameter(node: Node, old: ValueId): ValueId {
    const stored = node.weights["value"];
    const { type } = this.draft.graph.values[old];
    const array = this.arrays.get(stored);
    const weight = this.weights.get(stored);
    if (array === undefined || weight === undefined) {
      throw new InternalFault(`the parameter ${node.name} has no numbers`);
    }
    const missing = Array.from({ length: this.order.length - array.shape.length }, () => 1);
    const whole = reshapedArray(array, [...missing, ...array.shape]);
    const shape = turnedBroadcast(type.shape.filter(isKnown), this.order);
    const name = this.fresh(node.name);
    this.arrays.set(name, reshapedArray(permutedArray(whole, this.order), shape));
    this.weights.set(name, { ...weight, name, shape });
    const origin = this.origins.get(node.name);
    if (origin !== undefined) this.origins.set(name, origin);
    const id = this.value(name, shape);
    const attributes = { ...node.attributes, shape };
    this.nodes.push({ ...node, name, attributes, outputs: [id], weights: { value: name } });
    return id;
  }

  /** Nobody else has the weight: a region is turned only if that is so. */
  private reshapeWeight(name: string, axes: number): void {
    const [weight, array] = [this.weights.get(name), this.arrays.get(name)];
    if (weight === undefined || array === undefined) throw new InternalFault(`no weight ${name}`);
    const shape = [...array.shape, ...Array.from({ length: axes }, () => 1)];
    this.weights.set(name, { ...weight, shape });
    this.arrays.set(name, reshapedArray(array, shape));
  }

  private fresh(stem: string): string {
    for (;;) {
      const name = `${stem}~${++this.made}`;
      if (this.names.has(name)) continue;
      this.names.add(name);
      return name;
    }
  }
}
