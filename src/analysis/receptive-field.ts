/**
 * Which part of the input each value of a graph sees. Along one axis, output `o` sees the
 * inputs `start + o·jump … start + o·jump + size - 1`; a layer composes its own window with
 * those of its inputs, and where branches join, the union of their windows counts.
 * Araujo, Norris, Sim: "Computing Receptive Fields of Convolutional Neural Networks",
 * Distill 2019 (there: size r, effective stride S, effective padding P = -start).
 */
import { type Dim, formatDim, isKnown } from "../graph/dim.ts";
import { ownInputs, typesOf } from "../graph/access.ts";
import type { Graph, Node, ValueId } from "../graph/graph.ts";
import type { TensorType } from "../graph/tensor-type.ts";
import type { FieldStep } from "../layers/layer.ts";
import { layerOf } from "./table.ts";

export interface AxisField {
  /** In pixels of the input; `Infinity` where a whole axis of unknown size is seen. */
  readonly size: number;
  /** Pixels from one output's window to the next one's; 0 where all outputs see the same. */
  readonly jump: number;
  /** First pixel that output 0 sees; negative in the padding. */
  readonly start: number;
}

export interface ReceptiveField {
  readonly height: AxisField;
  readonly width: AxisField;
  /** A layer on the way looked at its whole map. */
  readonly global: boolean;
}

const PIXEL: AxisField = { size: 1, jump: 1, start: 0 };

/** The field of each value; null for one that depends on no map, only on vectors. */
export function receptiveFields(graph: Graph): readonly (ReceptiveField | null)[] {
  const fields: (ReceptiveField | null)[] = graph.values.map(() => null);
  for (const id of graph.inputs) {
    if (extentsOf(graph.values[id].type) !== null) {
      fields[id] = { height: PIXEL, width: PIXEL, global: false };
    }
  }
  for (const node of graph.nodes) {
    const field = fieldOfNode(graph, node, fields);
    for (const id of node.outputs) fields[id] = field;
  }
  return fields;
}

/** `14×14`, `28×28 (all)`: cut to the input where its size is known. */
export function formatField({ height, width }: ReceptiveField, input: TensorType): string {
  const [rows, columns] = extentsOf(input) ?? [Infinity, Infinity];
  const text = `${formatAxis(height, rows)}×${formatAxis(width, columns)}`;
  return coversAll(height, rows) && coversAll(width, columns) ? `${text} (all)` : text;
}

function formatAxis({ size }: AxisField, extent: Dim): string {
  if (isKnown(extent)) return String(Math.min(size, extent));
  return size === Infinity ? formatDim(extent) : String(size);
}

function coversAll({ size }: AxisField, extent: Dim): boolean {
  return isKnown(extent) ? size >= extent : size === Infinity;
}

/** `[height, width]` of a map; null for a vector. */
function extentsOf({ shape }: TensorType): readonly [Dim, Dim] | null {
  return shape.length === 4 ? [shape[2], shape[3]] : null;
}

/** One input of a node, and the window through which the node looks at it. */
interface Seen {
  readonly field: ReceptiveField;
  readonly step: FieldStep;
  /** Of the map that carries the field; 1 for a vector. */
  readonly extents: readonly [Dim, Dim];
}

function fieldOfNode(
  graph: Graph,
  node: Node,
  fields: readonly (ReceptiveField | null)[],
): ReceptiveField | null {
  const own = ownInputs(node);
  const step = layerOf(node).receptiveField(node.attributes, typesOf(graph, own));
  // What an epilogue reads beside the result, it reads element by element.
  const seen = [
    ...seenBy(graph, own, fields, step),
    ...seenBy(graph, node.inputs.slice(own.length), fields, "point"),
  ];
  if (seen.length === 0) return null;
  const [first, ...others] = seen.map((one) => compose(aligned(one, seen), one.step));
  const extents = extentsOf(graph.values[node.outputs[0]].type) ?? [1, 1];
  return others.reduce((all, field) => union(all, field, extents), first);
}

function seenBy(
  graph: Graph,
  inputs: readonly ValueId[],
  fields: readonly (ReceptiveField | null)[],
  step: FieldStep,
): readonly Seen[] {
  return inputs.flatMap((id) => {
    const field = fields[id];
    if (field === null) return [];
    return [{ field, step, extents: extentsOf(graph.values[id].type) ?? [1, 1] }];
  });
}

/** An input that is broadcast along an axis gives all outputs the same window there. */
function aligned({ field, step, extents }: Seen, among: readonly Seen[]): Seen {
  const still = (axis: 0 | 1, own: AxisField): AxisField =>
    extents[axis] === 1 && among.some((other) => other.extents[axis] !== 1)
      ? { ...own, jump: 0 }
      : own;
  return {
    field: { ...field, height: still(0, field.height), width: still(1, field.width) },
    step,
    extents,
  };
}

function compose({ field, extents }: Seen, step: FieldStep): ReceptiveField {
  if (step === "point") return field;
  if (step === "global") {
    return {
      height: whole(field.height, extents[0]),
      width: whole(field.width, extents[1]),
      global: true,
    };
  }
  const along = (axis: 0 | 1, { size, jump, start }: AxisField): AxisField => ({
    size: size + (step.size[axis] - 1) * jump,
    jump: jump * step.stride[axis],
    start: start + step.start[axis] * jump,
  });
  return { height: along(0, field.height), width: along(1, field.width), global: field.global };
}

/** What all positions of a map along an axis see together. */
function whole({ size, jump, start }: AxisField, extent: Dim): AxisField {
  if (jump === 0 || size === Infinity) return { size, jump: 0, start };
  return { size: isKnown(extent) ? size + (extent - 1) * jump : Infinity, jump: 0, start };
}

function union(a: ReceptiveField, b: ReceptiveField, extents: readonly [Dim, Dim]): ReceptiveField {
  return {
    height: unionAlong(a.height, b.height, extents[0]),
    width: unionAlong(a.width, b.width, extents[1]),
    global: a.global || b.global,
  };
}

/** Windows that move at different speeds are joined over the whole map, an upper bound. */
function unionAlong(a: AxisField, b: AxisField, extent: Dim): AxisField {
  const [left, right] = a.jump === b.jump ? [a, b] : [whole(a, extent), whole(b, extent)];
  const start = Math.min(left.start, right.start);
  const end = Math.max(left.start + left.size, right.start + right.size);
  return { size: end - start, jump: left.jump, start };
}
