/** Pad: places around tensors, in every form that it had. */
import type { TensorValue } from "../../../../check/evaluate/values.ts";
import type { Attributes } from "../../../../graph/attributes.ts";
import { add, product } from "../../../../graph/dim.ts";
import { inverseOf } from "../axis-order/order.ts";
import type { OpCall } from "../call.ts";
import { axisFromZero } from "./axes.ts";
import { type OpTable, op } from "./handler.ts";
import { LOWEST } from "./pooling.ts";

export const paddingOps: OpTable = { Pad: op(1, 4, lowerPad) };

/** Attributes until version 10, then inputs; negative pads cut. */
function lowerPad(call: OpCall): void {
  const rank = call.rank(0);
  const byInput = call.opset >= 11;
  const given = byInput
    ? call.knownInts(1, "pads")
    : (call.ints("pads") ?? call.ints("paddings") ?? []);
  const axes =
    call.opset >= 18 && call.has(3)
      ? call.knownInts(3, "axes").map((axis) => axisFromZero(call, axis, rank))
      : Array.from({ length: rank }, (_, axis) => axis);
  if (given.length !== 2 * axes.length) {
    throw call.refuse(
      `its pads are ${given.length} numbers for ${axes.length} axes`,
      "export the model again",
    );
  }
  const before = Array.from({ length: rank }, () => 0);
  const after = Array.from({ length: rank }, () => 0);
  axes.forEach((axis, at) => {
    before[axis] = given[at];
    after[axis] = given[at + axes.length];
  });
  if (given.every((pad) => pad === 0)) {
    call.giveSame(0);
    return;
  }
  const mode = MODES[call.text("mode", ["constant", "reflect", "edge", "wrap"], "constant")];
  const value = padValue(call, byInput);
  padAxes(call, { before, after, mode, ...(mode === "constant" && { value }) });
}

const MODES = { constant: "constant", reflect: "reflect", edge: "edge", wrap: "circular" } as const;

function padValue(call: OpCall, byInput: boolean): number {
  if (!byInput) return finite(call.float("value", 0));
  if (!call.has(2)) return 0;
  return finite(call.oneNumber(2, "constant_value"));
}

/** Exporters pad for a maximum with -Infinity, which programs cannot state: the lowest float is as good. */
function finite(value: number): number {
  return value === -Infinity ? LOWEST : value;
}

interface Pads {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly mode: string;
  readonly value?: number;
}

/**
 * As pads of a map `[N, C, H, W]`: a sequence is one of height 1, and a tensor of lower rank gets
 * axes of size 1 for it. What the layer cannot pad of a map, the batch for one, is padded axis by axis.
 */
function padAxes(call: OpCall, pads: Pads): void {
  const { before, after, mode } = pads;
  const rank = before.length;
  const touches = (axis: number): boolean => before[axis] !== 0 || after[axis] !== 0;
  const byLayer = rank >= 2 && rank <= 4 && !touches(0) && !(mode !== "constant" && touches(1));
  if (!byLayer) {
    const turned = rank === 4 && !touches(0) ? [2, 3].find((axis) => !touches(axis)) : undefined;
    if (turned !== undefined) {
      padTurned(call, pads, turned);
      return;
    }
    const axes = before.flatMap((_, axis) => (touches(axis) ? [axis] : []));
    call.give(axes.reduce((x, axis) => padAxis(call, x, axis, pads), call.tensor(0)));
    return;
  }
  const vector = rank === 2;
  const x = vector ? call.layer("unsqueeze", { axes: [2, 3] }, [call.tensor(0)]) : call.map(0);
  const spread = (sides: readonly number[]): readonly [number, number, number] =>
    rank === 3 ? [sides[1], 0, sides[2]] : [sides[1], sides[2] ?? 0, sides[3] ?? 0];
  const [front, top, left] = spread(before);
  const [behind, bottom, right] = spread(after);
  const y = padLayer(call, x, pads, {
    padding: [top, left, bottom, right],
    ...((front !== 0 || behind !== 0) && { channels: [front, behind] }),
  });
  if (vector) call.give(call.layer("squeeze", { axes: [2, 3] }, [y]));
  else call.giveMap(y, rank === 3);
}

/** Any axis of any tensor is the height of a map: what stands before it is its channels. */
function padAxis(call: OpCall, x: TensorValue, axis: number, pads: Pads): TensorValue {
  const { shape } = x.type;
  const [before, after] = [pads.before[axis], pads.after[axis]];
  const map = [1, product(shape.slice(0, axis)), shape[axis], product(shape.slice(axis + 1))];
  const asMap = call.layer("reshape", { shape: map }, [x]);
  const padded = padLayer(call, asMap, pads, { padding: [before, 0, after, 0] });
  const size = add(shape[axis], before + after);
  return call.layer("reshape", { shape: shape.with(axis, size) }, [padded]);
}

function padLayer(
  call: OpCall,
  x: TensorValue,
  { mode, value }: Pads,
  where: Attributes,
): TensorValue {
  const attributes = { ...where, mode, ...(value !== undefined && { value: [value] }) };
  return call.layer("pad", attributes, [x], { from: { padding: "pads", mode: "mode" } });
}

/**
 * The layer mirrors height and width alone: an axis that gets nothing stands in for the channels, as
 * in networks with channels last.
 */
function padTurned(call: OpCall, pads: Pads, channels: number): void {
  const [rows, columns] = [1, 2, 3].filter((axis) => axis !== channels);
  const order = [0, channels, rows, columns];
  const { before, after } = pads;
  const x = call.layer("permute", { order }, [call.tensor(0)]);
  const padding = [before[rows], before[columns], after[rows], after[columns]];
  const y = padLayer(call, x, pads, { padding });
  call.give(call.layer("permute", { order: inverseOf(order) }, [y]));
}
