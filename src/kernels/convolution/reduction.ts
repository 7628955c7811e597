/** The order in which a direct convolution walks over the taps and channels of its input. */
import { type Axis, joinAxes } from "../loops/tiles.ts";
import type { ConvolutionProblem } from "./problem.ts";

/** PyTorch's weight `[outChannels, inChannels / groups, kh, kw]` without its first axis. */
type WeightAxis = "channel" | "row" | "column";

export interface Reduction {
  /** From the slowest to the fastest in the packed weights. */
  readonly order: readonly { readonly axis: WeightAxis; readonly extent: number }[];
  /** The same with neighbours joined; strides are distances in the input. */
  readonly loops: readonly { readonly extent: number; readonly stride: number }[];
  readonly length: number;
}

/** From large steps in memory to small ones, so that the innermost run reads forwards. */
export function reductionOf(problem: ConvolutionProblem): Reduction {
  const { input, kernel, dilation, inChannels, groups } = problem;
  const axes = [
    { axis: "channel" as const, extent: inChannels / groups, stride: input.c },
    { axis: "row" as const, extent: kernel[0], stride: dilation[0] * input.h },
    { axis: "column" as const, extent: kernel[1], stride: dilation[1] * input.w },
  ];
  const order = axes.filter(({ extent }) => extent > 1).sort((a, b) => b.stride - a.stride);
  const joined: readonly Axis[] = joinAxes(
    order.map(({ extent, stride }) => ({ extent, strides: [stride] })),
  );
  return {
    order,
    loops: joined.map(({ extent, strides: [stride] }) => ({ extent, stride })),
    length: axes.reduce((length, { extent }) => length * extent, 1),
  };
}

/** Offsets into one output channel's weights, in the order of the reduction. */
export function weightOrder(problem: ConvolutionProblem): Int32Array {
  const [kh, kw] = problem.kernel;
  const distance = { channel: kh * kw, row: kw, column: 1 };
  let offsets = Int32Array.of(0);
  for (const { axis, extent } of reductionOf(problem).order) {
    const next = new Int32Array(offsets.length * extent);
    offsets.forEach((offset, i) => {
      for (let k = 0; k < extent; k++) next[i * extent + k] = offset + k * distance[axis];
    });
    offsets = next;
  }
  return offsets;
}
