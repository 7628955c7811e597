/**
 * The reference of convolutions. All of them are one set of products, each of a pixel of
 * the finer map, a weight and a pixel of the coarser map: a convolution sums them over the
 * finer map, a transposed convolution over the coarser one, and gradients over the third.
 */
import { type Tensor, sizeOf, zeros } from "../../graph/tensor.ts";
import type { Gradients } from "../layer.ts";
import { windowTaps } from "./taps.ts";
import type { Window } from "./window.ts";

/** Offsets into the data of the three tensors. */
type Visit = (coarse: number, weight: number, fine: number) => void;

/** The shapes of the three tensors. */
interface Shapes {
  /** `[N, C, H, W]` */
  readonly fine: readonly number[];
  /** `[O, C / groups, KH, KW]` */
  readonly weight: readonly number[];
  /** `[N, O, OH, OW]` */
  readonly coarse: readonly number[];
}

function forEachProduct({ fine, weight, coarse }: Shapes, window: Window, visit: Visit): void {
  const [batch, channels, height, width] = fine;
  const [filters, depth, , kernelWidth] = weight;
  const [, , outHeight, outWidth] = coarse;
  const kernelSize = sizeOf(weight.slice(2));
  const filtersPerGroup = filters / (channels / depth);
  const rows = windowTaps(window, 0, height, outHeight);
  const columns = windowTaps(window, 1, width, outWidth);
  for (let n = 0; n < batch; n++) {
    for (let o = 0; o < filters; o++) {
      const firstChannel = Math.floor(o / filtersPerGroup) * depth;
      const coarsePlane = (n * filters + o) * outHeight * outWidth;
      for (let i = 0; i < depth; i++) {
        const finePlane = (n * channels + firstChannel + i) * height * width;
        const weightPlane = (o * depth + i) * kernelSize;
        for (const row of rows) {
          for (const column of columns) {
            visit(
              coarsePlane + row.output * outWidth + column.output,
              weightPlane + row.kernel * kernelWidth + column.kernel,
              finePlane + row.input * width + column.input,
            );
          }
        }
      }
    }
  }
}

/** The filters of a convolution, and how they slide. */
export interface Filters {
  readonly weight: Tensor;
  /** `[O]` */
  readonly bias: Tensor | undefined;
  readonly window: Window;
}

/** `x` [N, C, H, W], `weight` [O, C/groups, KH, KW], result `shape` [N, O, OH, OW]. */
export function convolve(
  x: Tensor,
  { weight, bias, window }: Filters,
  shape: readonly number[],
): Tensor {
  const y = startingFrom(bias, shape);
  const shapes = { fine: x.shape, weight: weight.shape, coarse: shape };
  forEachProduct(shapes, window, (coarse, w, fine) => {
    y.data[coarse] += weight.data[w] * x.data[fine];
  });
  return y;
}

export function convolveBackward(
  x: Tensor,
  { weight, bias, window }: Filters,
  dy: Tensor,
): Gradients {
  const dx = zeros(x.shape);
  const dw = zeros(weight.shape);
  const shapes = { fine: x.shape, weight: weight.shape, coarse: dy.shape };
  forEachProduct(shapes, window, (coarse, w, fine) => {
    dx.data[fine] += weight.data[w] * dy.data[coarse];
    dw.data[w] += x.data[fine] * dy.data[coarse];
  });
  return gradients(dx, dw, bias, dy);
}

/** `x` [N, C, H, W], `weight` [C, O/groups, KH, KW], result `shape` [N, O, OH, OW]. */
export function convolveTransposed(
  x: Tensor,
  { weight, bias, window }: Filters,
  shape: readonly number[],
): Tensor {
  const y = startingFrom(bias, shape);
  const shapes = { fine: shape, weight: weight.shape, coarse: x.shape };
  forEachProduct(shapes, window, (coarse, w, fine) => {
    y.data[fine] += weight.data[w] * x.data[coarse];
  });
  return y;
}

export function convolveTransposedBackward(
  x: Tensor,
  { weight, bias, window }: Filters,
  dy: Tensor,
): Gradients {
  const dx = zeros(x.shape);
  const dw = zeros(weight.shape);
  const shapes = { fine: dy.shape, weight: weight.shape, coarse: x.shape };
  forEachProduct(shapes, window, (coarse, w, fine) => {
    dx.data[coarse] += weight.data[w] * dy.data[fine];
    dw.data[w] += x.data[coarse] * dy.data[fine];
  });
  return gradients(dx, dw, bias, dy);
}

function gradients(dx: Tensor, dw: Tensor, bias: Tensor | undefined, dy: Tensor): Gradients {
  const weights = bias === undefined ? { weight: dw } : { weight: dw, bias: sumOfChannels(dy) };
  return { inputs: [dx], weights };
}

/** A tensor `[N, O, OH, OW]` that holds each channel's bias. */
function startingFrom(bias: Tensor | undefined, shape: readonly number[]): Tensor {
  const y = zeros(shape);
  if (bias === undefined) return y;
  const plane = sizeOf(shape.slice(2));
  for (let at = 0; at < y.data.length; at++) {
    y.data[at] = bias.data[Math.floor(at / plane) % shape[1]];
  }
  return y;
}

function sumOfChannels(dy: Tensor): Tensor {
  const sums = zeros([dy.shape[1]]);
  const plane = sizeOf(dy.shape.slice(2));
  for (let at = 0; at < dy.data.length; at++) {
    sums.data[Math.floor(at / plane) % dy.shape[1]] += dy.data[at];
  }
  return sums;
}
