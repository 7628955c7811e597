/** How a size came to be: the layers that changed it, from the model's input on. */
import type { Label } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../diagnostics/span.ts";
import {
  type Dim,
  formatDim,
  formatFactor,
  formatShape,
  product,
  sameDim,
} from "../../graph/dim.ts";
import type { Node, ValueId } from "../../graph/graph.ts";
import { sameShape } from "../../graph/tensor-type.ts";
import type { GraphBuilder } from "./graph-builder.ts";

const AXIS_NAMES = ["batch", "channels", "height", "width"];

export interface History {
  readonly axis: string;
  /** `28 ─conv5→ 24 ─pool2→ 12`. */
  readonly steps: string;
}

/** The map that a vector was made of, where `axis` counts its features: their history is the map's. */
export function flattenedFrom(
  builder: GraphBuilder,
  id: ValueId,
  axis: number,
): { readonly map: ValueId; readonly features: string } | undefined {
  if (axis !== 1) return undefined;
  let node = builder.makerOf(id);
  const { shape } = builder.typeOf(id);
  while (node !== undefined && node.kind !== "flatten") {
    const from = node.inputs.at(0);
    if (from === undefined) return undefined;
    if (!sameShape(builder.typeOf(from).shape, shape)) return undefined;
    node = builder.makerOf(from);
  }
  if (node === undefined || shape.length !== 2) return undefined;
  const [map] = node.inputs;
  const perImage = builder.typeOf(map).shape.slice(1);
  // Other axes may be joined, too.
  if (!sameDim(product(perImage), shape[1])) return undefined;
  const factors = perImage.map(formatFactor);
  return { map, features: `${factors.join("·")} = ${formatDim(shape[1])}` };
}

/** The longest history that is shown whole; of a longer one the first and the last part are. */
const MAX_STEPS = 8;

/** Undefined where nothing changed the size. */
export function historyOf(builder: GraphBuilder, id: ValueId, axis: number): History | undefined {
  const changes: { size: string; by: string }[] = [];
  let start = "";
  walk(builder, id, axis, (node, before, after) => {
    changes.unshift({ size: after, by: shortName(node, axis) });
    start = before;
  });
  if (changes.length === 0) return undefined;
  const arrows = changes.map(({ size, by }) => `─${by}→ ${size}`);
  const shown =
    arrows.length <= MAX_STEPS
      ? arrows
      : [...arrows.slice(0, MAX_STEPS / 2), "…", ...arrows.slice(-MAX_STEPS / 2)];
  return { axis: axisText(builder, id, axis), steps: [start, ...shown].join(" ") };
}

function axisText(builder: GraphBuilder, id: ValueId, axis: number): string {
  if (axis === 1 && builder.typeOf(id).shape.length === 2) return "features";
  return AXIS_NAMES[axis] ?? `axis ${axis}`;
}

/** The place that gave a value its size: the last layer that changed it, or the input itself. */
export function causeOf(
  builder: GraphBuilder,
  id: ValueId,
  axis: number | undefined,
  inputPlaces: ReadonlyMap<ValueId, Span>,
): Label | undefined {
  const axes = axis === undefined ? [2, 3] : [axis];
  let at = id;
  for (;;) {
    const node = builder.makerOf(at);
    const { shape } = builder.typeOf(at);
    if (node === undefined) {
      const span = inputPlaces.get(at);
      return span && { span, text: `the input ${shapeText(shape, axis)}` };
    }
    const from = node.inputs.at(0);
    const before = from === undefined ? [] : builder.typeOf(from).shape;
    if (from === undefined || before.length !== shape.length) {
      return { span: node.span, text: `made ${formatShape(shape)} here` };
    }
    if (axes.some((a) => a < shape.length && !sameDim(before[a], shape[a]))) {
      const text = `${sizeText(before, axis)} became ${sizeText(shape, axis)} here`;
      return { span: node.span, text };
    }
    at = from;
  }
}

/** Follows first inputs back to the model's input, through values of one rank. */
function walk(
  builder: GraphBuilder,
  id: ValueId,
  axis: number,
  onChange: (node: Node, before: string, after: string) => void,
): void {
  for (let at = id; ;) {
    const node = builder.makerOf(at);
    const from = node?.inputs.at(0);
    if (node === undefined || from === undefined) return;
    const { shape } = builder.typeOf(at);
    const before = builder.typeOf(from).shape;
    if (before.length !== shape.length || axis >= shape.length) return;
    if (!sameDim(before[axis], shape[axis])) {
      onChange(node, formatDim(before[axis]), formatDim(shape[axis]));
    }
    at = from;
  }
}

/** `conv5`, `pool2`, `upsample`: the kind with its kernel along the axis. */
function shortName(node: Node, axis: number): string {
  const kind = /^(max|avg)_pool$/.test(node.kind) ? "pool" : node.kind;
  const { kernel } = node.attributes;
  const along = Array.isArray(kernel) && axis >= 2 ? String(kernel[axis - 2]) : "";
  return kind + along;
}

/** A map's height and width are spoken of alone, of other tensors the whole shape. */
function shapeText(shape: readonly Dim[], axis: number | undefined): string {
  const whole = axis === undefined && shape.length !== 4;
  return whole ? `is ${formatShape(shape)}` : `has ${sizeText(shape, axis)}`;
}

function counted(size: Dim, noun: string): string {
  return `${formatDim(size)} ${noun}${size === 1 ? "" : "s"}`;
}

function sizeText(shape: readonly Dim[], axis: number | undefined): string {
  // A height says little without its width.
  if ((axis === undefined || axis >= 2) && shape.length === 4) {
    return `${formatDim(shape[2])}×${formatDim(shape[3])}`;
  }
  if (axis === undefined || axis >= shape.length) return shape.map(formatDim).join("×");
  if (axis === 1) return counted(shape[1], shape.length > 2 ? "channel" : "feature");
  const name = shape.length === 4 ? AXIS_NAMES[axis] : `axis ${axis}`;
  return `${name} ${formatDim(shape[axis])}`;
}
