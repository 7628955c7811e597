/**
 * A layer as it is for tensors whose axes stand in another order, for those layers that exist in any
 * order: functions of elements, concats, reductions, what cuts and pads along an axis.
 */
import { layerOf, layerOfKind } from "../../../../analysis/table.ts";
import type { AttributeValue, Attributes } from "../../../../graph/attributes.ts";
import { type Dim, isKnown } from "../../../../graph/dim.ts";
import type { Node, ValueId } from "../../../../graph/graph.ts";
import { isList } from "../../../../graph/print.ts";
import { sameShape, tensorType } from "../../../../graph/tensor-type.ts";
import type { View } from "../draft.ts";
import { type Order, turnedBroadcast, turnedShape } from "./order.ts";

export interface TurnedLayer {
  readonly kind: string;
  readonly attributes: Attributes;
  /** Whether its inputs are turned: `unsqueeze` makes tensors of so many axes of such with fewer. */
  readonly reads: boolean;
  /** Whether its outputs are: a reduction may leave fewer axes. */
  readonly makes: boolean;
  /** How many axes of size 1 its weight has more. */
  readonly weightAxes?: number;
}

/** Undefined where the layer needs its axes as they are. */
export function turnedLayer(node: Node, order: Order, view: View): TurnedLayer | undefined {
  const turn = TURNS[node.kind] ?? turnByFamily(node);
  const turned = turn?.(new Turning(node, order, view));
  return turned !== undefined && isSame(node, order, turned, view) ? turned : undefined;
}

/** What the rules know of the node that is turned. */
class Turning {
  readonly node: Node;
  readonly order: Order;
  private readonly view: View;

  constructor(node: Node, order: Order, view: View) {
    this.node = node;
    this.order = order;
    this.view = view;
  }

  /** Of the first input, as it is given. */
  get shape(): readonly Dim[] {
    return this.view.shape(this.node.inputs[0]);
  }

  /** Whether no other layer has its weight. */
  get ownsWeight(): boolean {
    return this.view.weightUses(this.node.weights["weight"]) === 1;
  }

  /** Where an axis is in the turned tensor. */
  place(axis: AttributeValue | undefined): number {
    const { length } = this.order;
    return this.order.indexOf(typeof axis === "number" && axis < 0 ? axis + length : Number(axis));
  }

  places(axes: AttributeValue | undefined): readonly number[] {
    const given = axes !== undefined && isList(axes) ? axes : [];
    return given.map((axis) => this.place(axis)).toSorted((a, b) => a - b);
  }

  list(name: string): readonly AttributeValue[] {
    const values = this.node.attributes[name];
    return values !== undefined && isList(values) ? turnedShape(values, this.order) : [];
  }

  /** The layer with some attributes changed, on turned inputs and with turned outputs. */
  changed(attributes: Attributes, how: Partial<TurnedLayer> = {}): TurnedLayer {
    const { kind, attributes: given } = this.node;
    return { kind, attributes: { ...given, ...attributes }, reads: true, makes: true, ...how };
  }

  /** Whether axes that are left of the tensor stand in their old order in the turned one. */
  keepsOrder(left: readonly number[]): boolean {
    const places = left.map((axis) => this.place(axis));
    return places.every((place, at) => at === 0 || places[at - 1] < place);
  }

  /** The axes beside these, which are places of the turned tensor. */
  beside(places: readonly number[]): readonly number[] {
    return Array.from(this.order.keys()).filter((axis) => !places.includes(this.place(axis)));
  }
}

type Turn = (turning: Turning) => TurnedLayer | undefined;

const same: Turn = (turning) => turning.changed({});
const alongAxis: Turn = (turning) =>
  turning.changed({ axis: turning.place(turning.node.attributes.axis) });

const TURNS: Readonly<Record<string, Turn | undefined>> = {
  concat: alongAxis,
  split: alongAxis,
  slice: alongAxis,
  softmax: alongAxis,
  log_softmax: alongAxis,
  index_select: alongAxis,
  flip: (turning) => turning.changed({ axes: turning.places(turning.node.attributes.axes) }),
  tile: (turning) => turning.changed({ repeats: turning.list("repeats") }),
  expand: (turning) => turning.changed({ shape: turning.list("shape") }),
  dropout: same,
  identity: same,
  pad: turnPad,
  layer_norm: turnLayerNorm,
  linear: turnLinear,
  unsqueeze: turnUnsqueeze,
  squeeze: turnSqueeze,
  flatten: turnFlatten,
};

function turnByFamily(node: Node): Turn | undefined {
  const { families } = layerOf(node).lowering;
  if (families.every((family) => family === "elementwise")) return same;
  return families.every((family) => family === "reduce") ? turnReduction : undefined;
}

/** Sides of the last two of four axes, and of the channels before them. */
function turnPad(turning: Turning): TurnedLayer | undefined {
  const { padding, channels, mode, value } = turning.node.attributes;
  const sides = padding !== undefined && isList(padding) ? padding.map(Number) : [];
  const [front, behind] = channels !== undefined && isList(channels) ? channels.map(Number) : [];
  if (turning.order.length !== 4 || sides.length !== 4 || turning.order[0] !== 0) return undefined;
  if (value !== undefined && isList(value) && value.length > 1) return undefined;
  const [top, left, bottom, right] = sides;
  const before = turnedShape([0, front, top, left], turning.order);
  const after = turnedShape([0, behind, bottom, right], turning.order);
  if (mode !== "constant" && (before[1] !== 0 || after[1] !== 0)) return undefined;
  return turning.changed({
    padding: [before[2], before[3], after[2], after[3]],
    channels: [before[1], after[1]],
  });
}

/** Over one axis: of several the weight's axes would change their order. */
function turnLayerNorm(turning: Turning): TurnedLayer | undefined {
  const { axes } = turning.node.attributes;
  const isOne = axes !== undefined && isList(axes) && axes.length === 1;
  return isOne ? turning.changed({ axes: turning.places(axes) }) : undefined;
}

/** A matrix for the channels is a convolution of single pixels. */
function turnLinear(turning: Turning): TurnedLayer | undefined {
  const { out, bias } = turning.node.attributes;
  if (turning.order.length !== 4 || turning.place(-1) !== 1 || !turning.ownsWeight)
    return undefined;
  const defaults = layerOfKind("conv").parameters;
  const attributes = Object.entries(defaults).map(([name, parameter]): [string, AttributeValue] => [
    name,
    parameter.default ?? null,
  ]);
  return {
    kind: "conv",
    attributes: { ...Object.fromEntries(attributes), out, bias, kernel: [1, 1] },
    reads: true,
    makes: true,
    weightAxes: 2,
  };
}

function turnReduction(turning: Turning): TurnedLayer | undefined {
  const axes = turning.places(turning.node.attributes.axes);
  if (turning.node.attributes.keepdim === true) return turning.changed({ axes });
  if (!turning.keepsOrder(turning.beside(axes))) return undefined;
  return turning.changed({ axes }, { makes: false });
}

function turnUnsqueeze(turning: Turning): TurnedLayer | undefined {
  const axes = turning.places(turning.node.attributes.axes);
  if (!turning.keepsOrder(turning.beside(axes))) return undefined;
  return turning.changed({ axes }, { reads: false });
}

function turnSqueeze(turning: Turning): TurnedLayer | undefined {
  const axes = turning.places(turning.node.attributes.axes);
  if (!turning.keepsOrder(turning.beside(axes))) return undefined;
  return turning.changed({ axes }, { makes: false });
}

/** All axes but the first, of which those of size 1 may stand anywhere. */
function turnFlatten(turning: Turning): TurnedLayer | undefined {
  const { start_axis, end_axis } = turning.node.attributes;
  if (start_axis !== 1 || end_axis !== -1 || turning.order[0] !== 0) return undefined;
  const { shape } = turning;
  const large = Array.from(shape.keys()).filter((axis) => axis > 0 && shape[axis] !== 1);
  return turning.keepsOrder(large) ? turning.changed({}, { makes: false }) : undefined;
}

/** Whether the layer takes the turned inputs, and gives the outputs that it gave, turned. */
function isSame(node: Node, order: Order, turned: TurnedLayer, view: View): boolean {
  const inputs = node.inputs.map((id) => inputShape(id, order, turned, view));
  const types = inputs.flatMap((shape) => (shape === undefined ? [] : [tensorType(shape)]));
  if (types.length < inputs.length) return false;
  const result = layerOfKind(turned.kind).shape(turned.attributes, types);
  if ("code" in result) return false;
  return node.outputs.every((id, at) => {
    const shape = view.shape(id);
    if (turned.makes && shape.length !== order.length) return false;
    const wanted = turned.makes ? turnedShape(shape, order) : shape;
    return sameShape(result.outputs[at].shape, wanted);
  });
}

function inputShape(
  id: ValueId,
  order: Order,
  { reads }: TurnedLayer,
  view: View,
): readonly Dim[] | undefined {
  const shape = view.shape(id);
  if (!reads) return shape;
  if (shape.length === order.length) return turnedShape(shape, order);
  const isStored = view.made(id, "parameter") !== undefined && shape.every(isKnown);
  return isStored && shape.length < order.length ? turnedBroadcast(shape, order) : undefined;
}
