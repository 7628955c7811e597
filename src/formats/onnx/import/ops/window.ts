/** The attributes of sliding windows, for maps and for sequences as maps of height 1. */
import type { Pair, Sides } from "../../../../graph/attributes.ts";
import { type Dim, isKnown } from "../../../../graph/dim.ts";
import type { OpCall } from "../call.ts";

export interface OnnxWindow {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly padding: Sides;
}

/** Which attribute of the node each parameter of a layer comes from. */
export const WINDOW_FROM = {
  kernel: "kernel_shape",
  stride: "strides",
  dilation: "dilations",
  padding: "pads",
};

/** 2 for maps, 1 for sequences. @throws Refusal for other ranks */
export function spatialAxes(call: OpCall, at = 0): 1 | 2 {
  const rank = call.rank(at);
  if (rank === 4) return 2;
  if (rank === 3) return 1;
  const shown = rank > 4 ? `${rank - 2}-dimensional data` : `a tensor of rank ${rank}`;
  throw call.refuse(
    `its input is ${shown}`,
    "maps [N, C, H, W] and sequences [N, C, L] are what layers of windows take",
  );
}

/** Numbers by axis of a map; of a sequence's one, the height has `neutral`. */
export function pairAttribute(
  call: OpCall,
  name: string,
  axes: 1 | 2,
  neutral: number,
): Pair | undefined {
  const values = call.ints(name);
  if (values === undefined) return undefined;
  if (values.length !== axes) {
    const expects = axes === 2 ? "[height, width]" : "[length]";
    throw call.wrongAttribute(name, { kind: "ints", value: values }, expects);
  }
  return axes === 2 ? [values[0], values[1]] : [neutral, values[0]];
}

/** ONNX's order is [top, left, bottom, right], of a sequence [start, end]. */
export function sidesAttribute(call: OpCall, axes: 1 | 2): Sides | undefined {
  const pads = call.ints("pads");
  if (pads === undefined) return undefined;
  if (pads.length !== 2 * axes) {
    const expects = axes === 2 ? "[top, left, bottom, right]" : "[start, end]";
    throw call.wrongAttribute("pads", { kind: "ints", value: pads }, expects);
  }
  return axes === 2 ? [pads[0], pads[1], pads[2], pads[3]] : [0, pads[0], 0, pads[1]];
}

/**
 * The window of a convolution or pool. Padding by `auto_pad` depends on the input's size where
 * the stride is not 1, and is made explicit.
 * @param size `[height, width]` of the map
 */
export function windowOf(
  call: OpCall,
  axes: 1 | 2,
  kernel: Pair,
  size: readonly [Dim, Dim],
): OnnxWindow {
  const stride = pairAttribute(call, "strides", axes, 1) ?? [1, 1];
  const dilation = pairAttribute(call, "dilations", axes, 1) ?? [1, 1];
  const auto = call.text("auto_pad", AUTO_PAD, "NOTSET");
  const given = sidesAttribute(call, axes) ?? [0, 0, 0, 0];
  const window = { kernel, stride, dilation };
  if (auto === "NOTSET") return { ...window, padding: given };
  if (auto === "VALID") return { ...window, padding: [0, 0, 0, 0] };
  const vertical = samePadding(call, window, 0, size[0], auto);
  const horizontal = samePadding(call, window, 1, size[1], auto);
  return { ...window, padding: [vertical[0], horizontal[0], vertical[1], horizontal[1]] };
}

export const AUTO_PAD = ["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"] as const;

/** Before and after, so that the output has `ceil(size / stride)` places. */
function samePadding(
  call: OpCall,
  { kernel, stride, dilation }: Omit<OnnxWindow, "padding">,
  axis: 0 | 1,
  size: Dim,
  auto: "SAME_UPPER" | "SAME_LOWER",
): readonly [number, number] {
  const extent = (kernel[axis] - 1) * dilation[axis] + 1;
  const step = stride[axis];
  let total = extent - 1;
  if (step !== 1) {
    if (!isKnown(size)) {
      throw call.refuse(
        `the padding of auto_pad ${auto} with stride ${step} depends on the size of the input`,
        "fix the input's size with `--set NAME=SIZE`, or export explicit pads",
      );
    }
    total = Math.max(0, (Math.ceil(size / step) - 1) * step + extent - size);
  }
  const small = Math.floor(total / 2);
  return auto === "SAME_UPPER" ? [small, total - small] : [total - small, small];
}
