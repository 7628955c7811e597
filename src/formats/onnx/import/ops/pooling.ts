/** Pools with windows and over whole maps. */
import type { Attributes } from "../../../../graph/attributes.ts";
import type { OpCall } from "../call.ts";
import { type OpTable, op } from "./handler.ts";
import { WINDOW_FROM, pairAttribute, spatialAxes, windowOf } from "./window.ts";

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
  if (call.int("storage_order", 0) !== 0 && call.node.outputs.length > 1) {
    throw call.refuse("it also gives the places of the maxima", "leave the second output out");
  }
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

function lowerLpPool(call: OpCall): void {
  const norm_type = call.int("p", 2);
  lowerPool(call, "lp_pool", ({ dilation }) => ({
    norm_type,
    ...(dilation.some((step) => step !== 1) && { dilation }),
  }));
}

function lowerPool(
  call: OpCall,
  kind: string,
  more: (window: ReturnType<typeof windowOf>) => Attributes,
): void {
  const axes = spatialAxes(call);
  const x = call.map(0);
  const kernel = pairAttribute(call, "kernel_shape", axes, 1);
  if (kernel === undefined) {
    throw call.wrongAttribute(
      "kernel_shape",
      { kind: "other", value: "missing" },
      axes === 2 ? "[height, width]" : "[length]",
    );
  }
  const [, , height, width] = x.type.shape;
  const window = windowOf(call, axes, kernel, [height, width]);
  const { stride, padding } = window;
  const ceil_mode = call.flag("ceil_mode", false);
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
