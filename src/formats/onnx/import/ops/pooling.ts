/** Pools with windows and over whole maps. */
import type { TensorValue } from "../../../../check/evaluate/values.ts";
import type { Attributes, Pair } from "../../../../graph/attributes.ts";
import { isKnown } from "../../../../graph/dim.ts";
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
  const { stride, padding, dilation } = windowOf(call, axes, kernel, [height, width]);
  if (call.flag("ceil_mode", false)) {
    throw call.refuse("windows that reach beyond the padding count differently", "pad explicitly");
  }
  const powers = call.layer("pow_scalar", { scalar: p }, [call.layer("abs", {}, [x])]);
  const attributes = { kernel, stride, padding, dilation, count_include_pad: true };
  const means = call.layer("avg_pool", attributes, [powers], { from: WINDOW_FROM });
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
    if (ceil_mode) {
      throw call.refuse(
        `its padding is more than half its kernel (${padding.join(", ")})`,
        "pad by a node of its own, or by at most half the kernel",
      );
    }
    call.giveMap(poolPadded(call, kind, x, window, more(window)), axes === 1);
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

/** Wide padding as a layer of its own, whose places an average leaves out by a factor. */
function poolPadded(
  call: OpCall,
  kind: string,
  x: TensorValue,
  window: OnnxWindow,
  { count_include_pad = true, ...more }: Attributes,
): TensorValue {
  const { kernel, stride, padding } = window;
  const [, , height, width] = x.type.shape;
  const value = [kind === "max_pool" ? LOWEST : 0];
  const padded = call.layer("pad", { padding, value }, [x]);
  const pooled = call.layer(kind, { kernel, stride, ...more }, [padded]);
  if (count_include_pad === true) return pooled;
  if (!isKnown(height) || !isKnown(width)) {
    throw call.refuse(
      "how much of its wide padding counts depends on the size of the input",
      "fix the input's size with `--set NAME=SIZE`",
    );
  }
  const array = shares(window, [height, width]);
  const name = `${nodeLabel(call.node)}.share`;
  return call.layer("mul", {}, [pooled, call.flowing({ kind: "constant", array, name })]);
}

/** For each window, its places over those of them that hold a pixel: `[1, 1, rows, columns]`. */
function shares(
  { kernel, stride, dilation, padding: [top, left, bottom, right] }: OnnxWindow,
  [height, width]: readonly [number, number],
): StoredArray {
  const along = (axis: 0 | 1, length: number, before: number, after: number): number[] => {
    const extent = (kernel[axis] - 1) * dilation[axis] + 1;
    const count = Math.floor((length + before + after - extent) / stride[axis]) + 1;
    return Array.from({ length: count }, (_, at) => {
      const taps = Array.from(
        { length: kernel[axis] },
        (__, tap) => at * stride[axis] - before + tap * dilation[axis],
      );
      return kernel[axis] / taps.filter((place) => place >= 0 && place < length).length;
    });
  };
  const rows = along(0, height, top, bottom);
  const columns = along(1, width, left, right);
  const values = rows.flatMap((row) => columns.map((column) => row * column));
  return floats([1, 1, rows.length, columns.length], values);
}
