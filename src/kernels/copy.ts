/** Copies a tensor from one layout to another. */
import { type KernelBuilder, kernel } from "./builder.ts";
import { type Buffer, type Index, type Kernel, at, load, origin, splat } from "./ir.ts";
import type { Layout } from "./layout.ts";
import type { Machine } from "./machine.ts";
import { type Axis, joinAxes } from "./tiles.ts";

export interface CopyProblem {
  readonly shape: readonly [n: number, c: number, h: number, w: number];
  readonly from: Layout;
  readonly to: Layout;
}

/** Buffers: input, output. */
export function copy(problem: CopyProblem, machine: Machine): Kernel {
  return kernel("copy", (b) => {
    const input = b.buffer("input");
    const output = b.buffer("output");
    const { along, others } = arrange(problem);
    const [first, ...rest] = others.length > 0 ? others : [{ extent: 1, strides: [0, 0] }];
    b.parallel("outer", first.extent, (i) =>
      nest(b, rest, i.times(first.strides[0]), i.times(first.strides[1]), (from, to) =>
        run(b, along, { input, output }, from, to, machine.vectorWidth),
      ),
    );
  });
}

/**
 * Vectors run along an axis that is contiguous on both sides, or else in the source, whose
 * lanes are then scattered. The other axes keep the order of the target, so that it is
 * written forwards.
 */
function arrange({ shape, from, to }: CopyProblem): {
  readonly along: Axis;
  readonly others: readonly Axis[];
} {
  const axes = joinAxes(
    [
      { extent: shape[0], strides: [from.n, to.n] },
      { extent: shape[1], strides: [from.c, to.c] },
      { extent: shape[2], strides: [from.h, to.h] },
      { extent: shape[3], strides: [from.w, to.w] },
    ]
      .filter(({ extent }) => extent > 1)
      .sort((a, b) => b.strides[1] - a.strides[1]),
  );
  const along = axes.find(({ strides }) => strides[0] === 1 && strides[1] === 1) ??
    axes.find(({ strides }) => strides[0] === 1) ??
    axes.at(-1) ?? { extent: 1, strides: [1, 1] };
  return { along, others: axes.filter((axis) => axis !== along) };
}

function nest(
  b: KernelBuilder,
  axes: readonly Axis[],
  from: Index,
  to: Index,
  body: (from: Index, to: Index) => void,
): void {
  if (axes.length === 0) return body(from, to);
  const [axis, ...rest] = axes;
  b.loop("i", axis.extent, (i) =>
    nest(b, rest, from.plus(i.times(axis.strides[0])), to.plus(i.times(axis.strides[1])), body),
  );
}

const UNROLL = 4;

function run(
  b: KernelBuilder,
  { extent, strides }: Axis,
  { input, output }: { readonly input: Buffer; readonly output: Buffer },
  from: Index,
  to: Index,
  width: number,
): void {
  if (strides[0] !== 1) {
    b.unrolled("i", extent, UNROLL, (i) => {
      const value = b.variable(splat(at(input, from.plus(i.times(strides[0])))));
      b.storeLane(at(output, to.plus(i.times(strides[1]))), value, 0);
    });
    return;
  }
  const move = (i: Index, lanes: number): void => {
    const value = load(at(input, from.plus(i)), lanes === width ? undefined : lanes);
    if (strides[1] === 1) {
      b.store(at(output, to.plus(i)), value, lanes === width ? undefined : lanes);
      return;
    }
    const kept = b.variable(value);
    for (let lane = 0; lane < lanes; lane++) {
      b.storeLane(at(output, to.plus(i.plus(lane).times(strides[1]))), kept, lane);
    }
  };
  const whole = Math.floor(extent / width);
  b.unrolled("i", whole, UNROLL, (i) => move(i.times(width), width));
  const left = extent - whole * width;
  if (left > 0) move(origin.plus(whole * width), left);
}
