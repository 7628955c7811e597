/** Pools with windows and over whole maps. */
import type { TensorValue } from "../../../../check/evaluate/values.ts";
import type { Attributes, Pair, Sides } from "../../../../graph/attributes.ts";
import { type Dim, isKnown } from "../../../../graph/dim.ts";
import type { StoredArray } from "../../../tensors/stored-array.ts";
import { floats } from "../arrays.ts";
import type { OpCall } from "../call.ts";
import { nodeLabel } from "../model.ts";
import { type OpTable, op } from "./handler.ts";
import { type OnnxWindow, WINDOW_FROM, pairAttribute, spatialAxes, windowOf } from "./window.ts";

export const poolingOps: OpTable = {
  MaxPool: op(1, 1, lowerMaxPool),
  AveragePool: op(1, 1, lowerAveragePool),
  LpPool: op(1, 1, lowerLpPool),
  GlobalAveragePool: op(1, 1, (call) => lowerGlobal(call, "global_avg_pool")),
  GlobalMaxPool: op(1, 1, (call) => lowerGlobal(call, "global_max_pool")),
  GlobalLpPool: op(1, 1, (call) => {
    lowerGlobal(call, "norm", { p: call.int("p", 2), axes: [2, 3], keepdim: true });
  }),
};

function lowerMaxPool(call: OpCall): void {
  lowerPool(call, "max_pool", ({ dilation }) => ({ dilation }));
}

function lowerAveragePool(call: OpCall): void {
  const count_include_pad = call.flag("count_include_pad", false);
  lowerPool(call, "avg_pool", ({ dilation, padding }) => ({
    // Without padding there is nothing to count, and the default is shorter.
    count_include_pad: count_include_pad || padding.every((side) => side === 0),
    ...(dilation.some((step) => step !== 1) && { dilation }),
  }));
}

/** `(Σ |x|^p)^(1/p)` of each window: a mean times its number of places. */
function lowerLpPool(call: OpCall): void {
  const axes = spatialAxes(call);
  const p = call.int("p", 2);
  const kernel = kernelOf(call, axes);
  const x = call.map(0);
  const [, , height, width] = x.type.shape;
  const window = windowOf(call, axes, kernel, [height, width]);
  const { stride, padding, dilation } = window;
  const powers = call.layer("pow_scalar", { scalar: p }, [call.layer("abs", {}, [x])]);
  const ceil = call.flag("ceil_mode", false);
  const attributes = { kernel, stride, dilation, count_include_pad: true };
  const means =
    ceil || exceedsHalf(window)
      ? call.layer("avg_pool", attributes, [
          call.layer("pad", { padding: reachOf(call, window, [height, width], ceil) }, [powers]),
        ])
      : call.layer("avg_pool", { ...attributes, padding }, [powers], { from: WINDOW_FROM });
  const sums = call.layer("mul_scalar", { scalar: kernel[0] * kernel[1] }, [means]);
  call.giveMap(call.layer("pow_scalar", { scalar: 1 / p }, [sums]), axes === 1);
}

function kernelOf(call: OpCall, axes: 1 | 2): Pair {
  const kernel = pairAttribute(call, "kernel_shape", axes, 1);
  if (kernel !== undefined) return kernel;
  const expects = axes === 2 ? "[height, width]" : "[length]";
  throw call.wrongAttribute("kernel_shape", { kind: "other", value: "missing" }, expects);
}

function lowerPool(call: OpCall, kind: string, more: (window: OnnxWindow) => Attributes): void {
  const axes = spatialAxes(call);
  const x = call.map(0);
  const kernel = kernelOf(call, axes);
  const [, , height, width] = x.type.shape;
  const window = windowOf(call, axes, kernel, [height, width]);
  const { stride, padding } = window;
  const ceil_mode = call.flag("ceil_mode", false);
  if (exceedsHalf(window)) {
    const wide = { ...window, ceil_mode, ...more(window) };
    call.giveMap(poolPadded(call, kind, x, wide), axes === 1);
    return;
  }
  const isKernel = stride.every((step, axis) => step === kernel[axis]);
  const shared = { kernel, stride: isKernel ? null : stride, padding, ceil_mode };
  const attributes = { ...shared, ...more(window) };
  call.giveMap(call.layer(kind, attributes, [x], { from: WINDOW_FROM }), axes === 1);
}

function lowerGlobal(call: OpCall, kind: string, attributes: Attributes = {}): void {
  if (call.rank(0) === 2) {
    call.giveSame(0);
    return;
  }
  const axes = spatialAxes(call);
  call.giveMap(call.layer(kind, attributes, [call.map(0)]), axes === 1);
}

/** PyTorch's pools, and so the layers, have padding of at most half the kernel. */
function exceedsHalf({ kernel, padding: [top, left, bottom, right] }: OnnxWindow): boolean {
  const most = kernel.map((size) => Math.floor(size / 2));
  return Math.max(top, bottom) > most[0] || Math.max(left, right) > most[1];
}

/** Below every float32: never a maximum beside a pixel. */
export const LOWEST = -3.4028234663852886e38;

interface WidePool extends OnnxWindow {
  readonly ceil_mode: boolean;
  readonly count_include_pad?: boolean;
}

/** Wide padding as a layer of its own, whose places an average leaves out by a factor. */
function poolPadded(call: OpCall, kind: string, x: TensorValue, pool: WidePool): TensorValue {
  const { kernel, stride, dilation, ceil_mode, count_include_pad: counts = true } = pool;
  const [, , height, width] = x.type.shape;
  const isMax = kind === "max_pool";
  const padding = reachOf(call, pool, [height, width], ceil_mode);
  const padded = call.layer("pad", { padding, value: [isMax ? LOWEST : 0] }, [x]);
  const attributes = { kernel, stride, dilation, ...(!isMax && { count_include_pad: true }) };
  const pooled = call.layer(kind, attributes, [padded]);
  const isWhole = counts && padding.every((side, at) => side === pool.padding[at]);
  if (isMax || isWhole) return pooled;
  const array = shares(call, pool, knownSize(call, [height, width]), counts);
  const name = `${nodeLabel(call.node)}.share`;
  return call.layer("mul", {}, [pooled, call.flowing({ kind: "constant", array, name })]);
}

/** @throws Refusal where the size is not known */
function knownSize(call: OpCall, [height, width]: readonly [Dim, Dim]): readonly [number, number] {
  if (isKnown(height) && isKnown(width)) return [height, width];
  throw call.refuse(
    "how much of its wide padding counts depends on the size of the input",
    "fix the input's size with `--set NAME=SIZE`",
  );
}

/** The padding, at the ends as far as the last windows reach where their number is rounded up. */
function reachOf(
  call: OpCall,
  window: OnnxWindow,
  size: readonly [Dim, Dim],
  ceil: boolean,
): Sides {
  const { padding } = window;
  if (!ceil) return padding;
  const lengths = knownSize(call, size);
  const ends = ([0, 1] as const).map((axis) => {
    const [before, after] = [padding[axis], padding[axis + 2]];
    const extent = extentOf(window, axis);
    const step = window.stride[axis];
    const steps = Math.ceil((lengths[axis] + before + after - extent) / step);
    // A window that would begin behind the map is left out.
    const last = steps * step >= lengths[axis] + before ? steps - 1 : steps;
    return Math.max(after, last * step + extent - lengths[axis] - before);
  });
  return [padding[0], padding[1], ends[0], ends[1]];
}

function extentOf({ kernel, dilation }: OnnxWindow, axis: 0 | 1): number {
  return (kernel[axis] - 1) * dilation[axis] + 1;
}

/** A larger map is none that a network pools. */
const MOST_SHARES = 2 ** 22;
const TOO_MANY = "its padding makes a map of too many windows";

/**
 * For each window, its places over those of them that count: `[1, 1, rows, columns]`.
 * @param counts whether the padding does, as far as it is stated
 */
function shares(
  call: OpCall,
  pool: WidePool,
  [height, width]: readonly [number, number],
  counts: boolean,
): StoredArray {
  const { kernel, stride, dilation, ceil_mode, padding } = pool;
  const along = (axis: 0 | 1, length: number): number[] => {
    const [before, after] = [padding[axis], padding[axis + 2]];
    const round = ceil_mode ? Math.ceil : Math.floor;
    const steps = round((length + before + after - extentOf(pool, axis)) / stride[axis]);
    if (steps >= MOST_SHARES) throw call.refuse(TOO_MANY, "pad by less");
    const windows = Array.from({ length: steps + 1 }, (_, at) => at * stride[axis] - before);
    const [first, end] = counts ? [-before, length + after] : [0, length];
    return windows
      .filter((start) => start < length || !ceil_mode)
      .map((start) => {
        const step = dilation[axis];
        const from = Math.max(0, Math.ceil((first - start) / step));
        const until = Math.min(kernel[axis], Math.ceil((end - start) / step));
        return kernel[axis] / (until - from);
      });
  };
  const rows = along(0, height);
  const columns = along(1, width);
  if (rows.length * columns.length > MOST_SHARES) {
    throw call.refuse(TOO_MANY, "pad by less");
  }
  const values = rows.flatMap((row) => columns.map((column) => row * column));
  return floats([1, 1, rows.length, columns.length], values);
}
