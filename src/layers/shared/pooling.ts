/**
 * What all pools share: a maximum or a mean over the taps of each output pixel. Which taps
 * these are (a sliding window, an adaptive cut, the whole map) is up to the layer.
 */
import { type Tensor, zeros } from "../../graph/tensor.ts";
import type { Tap } from "./taps.ts";

/** The taps of a pool along both axes, and its output's size. */
export interface Taps {
  readonly rows: readonly Tap[];
  readonly columns: readonly Tap[];
  readonly height: number;
  readonly width: number;
}

/** Every (output, input) pair of offsets, planes in order, taps of an output row by row. */
function forEachTap(
  [batch, channels, height, width]: readonly number[],
  taps: Taps,
  visit: (output: number, input: number) => void,
): void {
  for (let plane = 0; plane < batch * channels; plane++) {
    const [to, from] = [plane * taps.height * taps.width, plane * height * width];
    for (const row of taps.rows) {
      for (const column of taps.columns) {
        visit(
          to + row.output * taps.width + column.output,
          from + row.input * width + column.input,
        );
      }
    }
  }
}

function outputOf(x: Tensor, { height, width }: Taps): Tensor {
  return zeros([x.shape[0], x.shape[1], height, width]);
}

/** A dilated window may have no tap on the map: its maximum is -Infinity, as in PyTorch. */
export function maximum(x: Tensor, taps: Taps): Tensor {
  const y = outputOf(x, taps);
  winners(x, taps).forEach((from, to) => {
    y.data[to] = from < 0 ? -Infinity : x.data[from];
  });
  return y;
}

/** The whole gradient goes to the first of equal maxima, as in PyTorch. */
export function maximumBackward(x: Tensor, taps: Taps, dy: Tensor): Tensor {
  const dx = zeros(x.shape);
  winners(x, taps).forEach((from, to) => {
    if (from >= 0) dx.data[from] += dy.data[to];
  });
  return dx;
}

/** Offset of the maximum for each output, -1 without a tap; a NaN wins over every number. */
function winners(x: Tensor, taps: Taps): Int32Array {
  const best = new Int32Array(outputOf(x, taps).data.length).fill(-1);
  forEachTap(x.shape, taps, (output, input) => {
    const value = x.data[input];
    if (best[output] < 0 || value > x.data[best[output]] || Number.isNaN(value)) {
      best[output] = input;
    }
  });
  return best;
}

/** `divisor` of the output pixel in this row and column. */
export type Divisor = (row: number, column: number) => number;

export function mean(x: Tensor, taps: Taps, divisor: Divisor): Tensor {
  const y = outputOf(x, taps);
  forEachTap(x.shape, taps, (output, input) => {
    y.data[output] += x.data[input];
  });
  return divided(y, divisor);
}

export function meanBackward(x: Tensor, taps: Taps, divisor: Divisor, dy: Tensor): Tensor {
  const dx = zeros(x.shape);
  const share = divided(dy, divisor);
  forEachTap(x.shape, taps, (output, input) => {
    dx.data[input] += share.data[output];
  });
  return dx;
}

function divided({ shape, data }: Tensor, divisor: Divisor): Tensor {
  const [, , height, width] = shape;
  return {
    shape,
    data: data.map((value, at) => value / divisor(Math.floor(at / width) % height, at % width)),
  };
}

/** As many as there are taps: padding does not count. */
export function tapCount({ rows, columns, height, width }: Taps): Divisor {
  const down = countByOutput(rows, height);
  const across = countByOutput(columns, width);
  return (row, column) => down[row] * across[column];
}

function countByOutput(taps: readonly Tap[], outputs: number): readonly number[] {
  const counts = Array.from({ length: outputs }, () => 0);
  for (const { output } of taps) counts[output]++;
  return counts;
}
