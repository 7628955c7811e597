/** Which rows and columns of a map a sliding window never reads. */
import { layerOf } from "../../analysis/table.ts";
import { gcd } from "../../graph/dim.ts";
import type { Node, ValueId } from "../../graph/graph.ts";
import { knownOf, pairOf } from "./attributes.ts";
import type { Flow } from "./flow.ts";

/** Of one axis of a map, 0 for the rows. */
export interface Unread {
  readonly axis: 0 | 1;
  /** Rows behind the last window; undefined while the size is named. */
  readonly atEnd: number | undefined;
  /** Of `stride` rows in a row, windows read `read`. */
  readonly read: number;
  readonly stride: number;
  readonly length: number | undefined;
}

const known = new WeakMap<Node, readonly Unread[]>();

/** By axis; empty for layers that read all of their input. */
export function unreadBy(node: Node, flow: Flow): readonly Unread[] {
  const found = known.get(node) ?? compare(node, flow);
  known.set(node, found);
  return found;
}

function compare(node: Node, flow: Flow): readonly Unread[] {
  const { category } = layerOf(node);
  const kernel = pairOf(node, "kernel");
  const sliding = category === "convolution" || category === "pooling";
  if (!sliding || kernel === undefined || node.kind === "conv_transpose") return [];
  const input = flow.typeOf(node.inputs[0]);
  const output = flow.typeOf(node.outputs[0]);
  const field = layerOf(node).receptiveField(node.attributes, [input]);
  if (typeof field === "string") return [];
  const dilation = pairOf(node, "dilation") ?? [1, 1];
  return ([0, 1] as const).map((axis) => {
    const [stride, size, start] = [field.stride[axis], field.size[axis], field.start[axis]];
    const length = knownOf(input.shape[axis + 2]);
    const windows = knownOf(output.shape[axis + 2]);
    const atEnd =
      length === undefined || windows === undefined
        ? undefined
        : Math.max(0, length - (start + (windows - 1) * stride + size));
    // Taps are multiples of the dilation, which repeat modulo the stride after so many.
    const period = stride / gcd(dilation[axis], stride);
    return { axis, atEnd, read: Math.min(kernel[axis], period), stride, length };
  });
}

/** A layer and the axes of its input along which it leaves something unread. */
export interface Leaving {
  readonly node: Node;
  /** At least one. */
  readonly unread: readonly Unread[];
}

/** The readers of a value, if all of them leave rows or columns unread: these count for nothing. */
export function readersThat(
  leave: (unread: Unread) => boolean,
  id: ValueId,
  flow: Flow,
): readonly Leaving[] {
  if (flow.isResult(id)) return [];
  const readers = flow.readersOf(id);
  const leaving = readers
    .map((node) => ({ node, unread: unreadBy(node, flow).filter(leave) }))
    .filter(({ unread }) => unread.length > 0);
  return leaving.length === readers.length ? leaving : [];
}

/** What a message calls lines along these axes. */
export function linesAlong(unread: readonly Unread[]): string {
  return unread.map(({ axis }) => (axis === 0 ? "rows" : "columns")).join(" and ");
}
