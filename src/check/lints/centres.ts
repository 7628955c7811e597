/**
 * Where on the image the places of each map lie: output `o` of an axis looks at the image around
 * `centre + o·jump`. Receptive fields (`analysis/receptive-field.ts`) give the window's ends, for
 * which fractional steps are rounded; here the middle is exact, on average over an upsampling's
 * phases.
 */
import { layerOf } from "../../analysis/table.ts";
import { typesOf } from "../../graph/access.ts";
import { fractionOf, sameDim } from "../../graph/dim.ts";
import type { Graph, Node } from "../../graph/graph.ts";
import { pairOf } from "./attributes.ts";

export interface Centres {
  /** In pixels of the image, `[height, width]`. */
  readonly centre: readonly [number, number];
  readonly jump: readonly [number, number];
  /** Rows of the image that one place sees. */
  readonly rows: number;
}

const PIXEL: Centres = { centre: [0, 0], jump: [1, 1], rows: 1 };

/** What a join finds about its inputs' centres: those that are known. */
export type OnJoin = (node: Node, joined: readonly Centres[]) => void;

/**
 * Undefined for values that are no map, or whose places look at the whole image. A join has the
 * centres of its input with the smallest window, whose places are the most definite.
 */
export function centresOf(graph: Graph, onJoin: OnJoin): readonly (Centres | undefined)[] {
  const centres: (Centres | undefined)[] = graph.values.map(() => undefined);
  for (const id of graph.inputs) {
    if (graph.values[id].type.shape.length === 4) centres[id] = PIXEL;
  }
  for (const node of graph.nodes) {
    const centre = centresOfNode(graph, node, centres, onJoin);
    for (const id of node.outputs) {
      centres[id] = graph.values[id].type.shape.length === 4 ? centre : undefined;
    }
  }
  return centres;
}

function centresOfNode(
  graph: Graph,
  node: Node,
  centres: readonly (Centres | undefined)[],
  onJoin: OnJoin,
): Centres | undefined {
  const [result] = typesOf(graph, node.outputs);
  if (node.inputs.length === 1) {
    const centre = centres[node.inputs[0]];
    return centre && stepped(graph, node, centre);
  }
  // What is broadcast, a gate, has no places of its own.
  const maps = node.inputs.filter((id) =>
    graph.values[id].type.shape.slice(2).every((dim, i) => sameDim(dim, result.shape[i + 2] ?? 0)),
  );
  const joined = maps.map((id) => centres[id]).filter((centre) => centre !== undefined);
  if (joined.length > 1) onJoin(node, joined);
  return joined.toSorted((a, b) => a.rows - b.rows).at(0);
}

function stepped(graph: Graph, node: Node, from: Centres): Centres | undefined {
  const step = layerOf(node).receptiveField(node.attributes, typesOf(graph, node.inputs));
  if (step === "point") return from;
  if (step === "global") return undefined;
  const { centre, jump, rows } = from;
  const along = (axis: 0 | 1): number =>
    centre[axis] +
    jump[axis] * middleOf(node, axis, step.start[axis], step.size[axis], step.stride[axis]);
  return {
    centre: [along(0), along(1)],
    jump: [jump[0] * step.stride[0], jump[1] * step.stride[1]],
    rows: rows + (step.size[0] - 1) * jump[0],
  };
}

/** The middle of output 0's window, in pixels of the layer's input. */
function middleOf(node: Node, axis: 0 | 1, start: number, size: number, stride: number): number {
  if (node.kind === "conv_transpose") return transposedMiddle(node, axis, start, stride);
  return start + (size - 1) / 2 - meanRounding(start, stride);
}

/**
 * Output `o` gets tap `k` of input `i` where `o = i·s - padding + k`; taps lie around
 * `reach / 2`, and `start = (padding - reach + s - 1) / s`.
 */
function transposedMiddle(node: Node, axis: 0 | 1, start: number, stride: number): number {
  const [kernel, dilation] = [pairOf(node, "kernel"), pairOf(node, "dilation")];
  const reach = (dilation?.[axis] ?? 1) * ((kernel?.[axis] ?? 1) - 1);
  return start + (reach / 2 + 1) * stride - 1;
}

/** How far `start + o·stride` is rounded down, on average over the phases of a fractional stride. */
function meanRounding(start: number, stride: number): number {
  const phases = fractionOf(stride)?.denominator ?? 1;
  let sum = 0;
  for (let phase = 0; phase < phases; phase++) {
    const at = start + phase * stride;
    sum += at - Math.floor(at);
  }
  return sum / phases;
}
