/** The definition of what the convolution kernels compute: plain loops in float64. */
import type { ConvolutionProblem } from "../../src/kernels/convolution/problem.ts";
import type { Layout } from "../../src/kernels/loops/layout.ts";

export type Shape = readonly [n: number, c: number, h: number, w: number];

export interface Operands {
  /** `[N, C, H, W]` of the padded input. */
  readonly input: Float32Array;
  readonly inputSize: readonly [number, number];
  /** PyTorch's `[outChannels, inChannels / groups, kh, kw]`. */
  readonly weights: Float32Array;
  readonly bias?: Float32Array | undefined;
  /** `[N, C, H, W]` of the output. */
  readonly residual?: Float32Array | undefined;
  readonly activation?: (x: number) => number;
}

/** The result as `[N, C, H, W]`, and the sum of the sizes of what was added, for tolerances. */
export function referenceConvolution(
  problem: ConvolutionProblem,
  { input, inputSize, weights, bias, residual, activation = (x) => x }: Operands,
): { readonly values: Float64Array; readonly magnitude: number } {
  const { batch, inChannels, outChannels, groups, kernel, stride, dilation } = problem;
  const [oh, ow] = problem.outputSize;
  const [h, w] = inputSize;
  const [kh, kw] = kernel;
  const perGroup = { in: inChannels / groups, out: outChannels / groups };
  const values = new Float64Array(batch * outChannels * oh * ow);
  let magnitude = 0;
  let at = 0;
  for (let n = 0; n < batch; n++) {
    for (let oc = 0; oc < outChannels; oc++) {
      const firstChannel = Math.floor(oc / perGroup.out) * perGroup.in;
      for (let oy = 0; oy < oh; oy++) {
        for (let ox = 0; ox < ow; ox++, at++) {
          let sum = bias?.[oc] ?? 0;
          let size = Math.abs(sum);
          for (let c = 0; c < perGroup.in; c++) {
            for (let ky = 0; ky < kh; ky++) {
              for (let kx = 0; kx < kw; kx++) {
                const y = oy * stride[0] + ky * dilation[0];
                const x = ox * stride[1] + kx * dilation[1];
                const product =
                  input[((n * inChannels + firstChannel + c) * h + y) * w + x] *
                  weights[((oc * perGroup.in + c) * kh + ky) * kw + kx];
                sum += product;
                size += Math.abs(product);
              }
            }
          }
          values[at] = activation(sum + (residual?.[at] ?? 0));
          magnitude = Math.max(magnitude, size + Math.abs(residual?.[at] ?? 0));
        }
      }
    }
  }
  return { values, magnitude };
}

/** Elements that a tensor takes in this layout. */
export function extentOf(layout: Layout, shape: Shape): number {
  return layout.n * shape[0] + (layout.c === 1 ? 0 : layout.c);
}

/** Where `[n, c, y, x]` lies. */
export function place(layout: Layout, n: number, c: number, y: number, x: number): number {
  return n * layout.n + c * layout.c + y * layout.h + x * layout.w;
}

/** Calls back with the row-major position and the place in the layout of every element. */
export function everyElement(
  layout: Layout,
  [batch, channels, height, width]: Shape,
  visit: (rowMajor: number, placed: number) => void,
): void {
  let at = 0;
  for (let n = 0; n < batch; n++) {
    for (let c = 0; c < channels; c++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) visit(at++, place(layout, n, c, y, x));
      }
    }
  }
}

/** A tensor put into a layout; what lies between its elements is not a number. */
export function laidOut(layout: Layout, shape: Shape, values: Float32Array): Float32Array {
  const out = new Float32Array(extentOf(layout, shape)).fill(Number.NaN);
  everyElement(layout, shape, (from, to) => void (out[to] = values[from]));
  return out;
}

/** The row-major tensor of what lies in a layout. */
export function collected(layout: Layout, shape: Shape, placed: Float32Array): Float32Array {
  const out = new Float32Array(shape[0] * shape[1] * shape[2] * shape[3]);
  everyElement(layout, shape, (to, from) => void (out[to] = placed[from]));
  return out;
}
