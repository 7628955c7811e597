/** The middle step of a Winograd convolution along rows: M = V · U at every point. */
import { type Index, type Vector, at, constant, fma, load, read, splat } from "../../ir/ir.ts";
import { unrollFactor } from "../../loops/tiles.ts";
import { type RowsStep } from "./step.ts";
import { range } from "../../range.ts";

/** Steps of a reduction that are written out; one of few more is written out as a whole. */
const UNROLL = 6;
const WRITTEN_OUT = 8;

/** Rows and output channels of a tile along a row that are multiplied together. */
export interface RegisterTile {
  readonly rows: number;
  readonly channels: number;
}

/**
 * Sums over the kernel's rows and the input channels.
 * @param v the first row's tile
 * @param u the weights of the first channel
 */
export function multiply(
  step: RowsStep,
  { rows, channels }: RegisterTile,
  v: Index,
  u: Index,
): void {
  const { b, problem, width, form, tiles } = step;
  const {
    inChannels,
    kernel: [kh],
  } = problem;
  const { size } = form;
  const rowStep = tiles * inChannels * size * width;
  const loaded = (place: Index): Vector => b.let(load(at(step.v, place)));
  b.loop("point", size, (point) => {
    const sums = range(channels).map(() => range(rows).map(() => b.variable(constant(0))));
    const from = v.plus(point.times(width));
    const weights = u.plus(point.times(kh * inChannels * channels));
    const accumulate = (held: readonly Vector[], taps: Index): void =>
      sums.forEach((own, k) => {
        const weight = b.let(splat(at(step.buffers.weights, taps.plus(k))));
        own.forEach((sum, r) => b.assign(sum, fma(held[r], weight, read(sum))));
      });
    if (kh * inChannels <= WRITTEN_OUT) {
      for (const c of range(inChannels)) {
        const start = from.plus(c * size * width);
        const held = range(rows - 1).map((r) => loaded(start.plus(r * rowStep)));
        for (const ky of range(kh)) {
          held.push(loaded(start.plus((ky + rows - 1) * rowStep)));
          accumulate(held.slice(ky), weights.plus((ky * inChannels + c) * channels));
        }
      }
    } else {
      b.loop("ky", kh, (ky) =>
        b.unrolled("c", inChannels, unrollFactor(inChannels, UNROLL), (c) => {
          const place = from.plus(ky.times(rowStep)).plus(c.times(size * width));
          const held = range(rows).map((r) => loaded(place.plus(r * rowStep)));
          accumulate(held, weights.plus(ky.times(inChannels).plus(c).times(channels)));
        }),
      );
    }
    sums.forEach((own, k) =>
      own.forEach((sum, r) => {
        const to = point.times(width).plus((k * rows + r) * size * width);
        b.store(at(step.m, to), read(sum));
      }),
    );
  });
}
