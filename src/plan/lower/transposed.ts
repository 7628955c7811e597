/**
 * Transposed convolution as plain convolutions, one for each position of an output pixel
 * between two input pixels: with stride s, the outputs `o ≡ r (mod s)` are a convolution of
 * the input with every s-th tap of the kernel, turned around. No zeros are multiplied.
 */
import type { Node } from "../../graph/graph.ts";
import type { TransposedConvolutionOperation } from "../../graph/operation.ts";
import { gcd } from "../../graph/dim.ts";
import { multiplyAdds } from "../../kernels/convolution/problem.ts";
import { type Layout, type Margin, noMargin } from "../../kernels/loops/layout.ts";
import { type ConvolutionChoice, type ConvolutionShape } from "../convolution-problem.ts";
import { describe, epilogueOf } from "./epilogue.ts";
import { convolutionWeights } from "./convolution-weights.ts";
import type { Lowering } from "./lowering.ts";
import { firstElement, joinMargins } from "../memory/placed.ts";
import type { Place } from "../plan.ts";

/** Outputs `first, first + stride, …` along one axis, and the taps that they see. */
interface Phase {
  readonly first: number;
  readonly count: number;
  /** Kernel positions in the order of the input pixels that they meet; -1 is a zero. */
  readonly taps: readonly number[];
  /** Distance of those input pixels. */
  readonly dilation: number;
  /** The input pixel that the first tap of the first output meets; may lie before the map. */
  readonly start: number;
}

export interface ChosenTransposed {
  readonly parts: readonly Part[];
  /** The zeros around the map that they read. */
  readonly margin: Margin;
}

interface Part {
  readonly rows: Phase;
  readonly columns: Phase;
  readonly shape: ConvolutionShape;
  readonly choice: ConvolutionChoice;
}

export function chooseForTransposed(
  node: Node,
  operation: TransposedConvolutionOperation,
  lowering: Lowering,
): ChosenTransposed {
  const { tensors } = lowering;
  const [x] = node.inputs;
  const [batch, inChannels, height, width] = tensors.mapShapeOf(x);
  const [, outChannels, outHeight, outWidth] = tensors.mapShapeOf(node.outputs[0]);
  const rowPhases = phases(operation, 0, outHeight);
  const columnPhases = phases(operation, 1, outWidth);
  let margin = noMargin;
  const parts = rowPhases.flatMap((rows) =>
    columnPhases.map((columns): Part => {
      const shape: ConvolutionShape = {
        batch,
        inChannels,
        outChannels,
        groups: operation.groups,
        kernel: [rows.taps.length, columns.taps.length],
        stride: [1, 1],
        dilation: [rows.dilation, columns.dilation],
        outputSize: [rows.count, columns.count],
      };
      const choice = lowering.choose(node, shape);
      margin = joinMargins(margin, {
        top: Math.max(0, -rows.start),
        left: Math.max(0, -columns.start),
        bottom: Math.max(0, rows.start + choice.inputSize[0] - height),
        right: Math.max(0, columns.start + choice.inputSize[1] - width),
      });
      return { rows, columns, shape, choice };
    }),
  );
  tensors.needMargin(x, margin);
  return { parts, margin };
}

export function lowerTransposed(
  node: Node,
  operation: TransposedConvolutionOperation,
  { parts, margin }: ChosenTransposed,
  lowering: Lowering,
): void {
  const { draft } = lowering;
  const input = lowering.mapOf(node.inputs[0], margin);
  const output = lowering.outputMapOf(node);
  const { epilogue, residual } = epilogueOf(node, (id) => lowering.mapOf(id));
  const [strideRows, strideColumns] = operation.stride;
  const spread = (layout: Layout): Layout => ({
    ...layout,
    h: layout.h * strideRows,
    w: layout.w * strideColumns,
  });
  for (const { rows, columns, shape, choice } of parts) {
    const problem = {
      ...shape,
      input: input.layout,
      output: spread(output.layout),
      epilogue: epilogue.residual ? { ...epilogue, residual: spread(epilogue.residual) } : epilogue,
    };
    const kernel = choice.kernel(problem);
    draft.step({
      nodes: [node.name],
      operation: describe(node),
      algorithm: `${kernel.name}: outputs ${rows.first}::${strideRows}, ${columns.first}::${strideColumns}`,
      kernel,
      arguments: [
        shifted(firstElement(input), input.layout, rows.start, columns.start),
        convolutionWeights(
          node,
          {
            problem,
            choice,
            order: (weights) => turned(weights, operation, shape, [rows.taps, columns.taps]),
          },
          lowering,
        ),
        ...(epilogue.bias ? [lowering.biasFor(node, shape.outChannels)] : []),
        ...residual.map((place) =>
          epilogue.residual ? shifted(place, epilogue.residual, rows.first, columns.first) : place,
        ),
        shifted(firstElement(output), output.layout, rows.first, columns.first),
        ...choice
          .scratch(problem)
          .map((elements) => ({ buffer: draft.buffer("scratch", elements), offset: 0 })),
      ],
      macs: multiplyAdds(problem),
    });
  }
}

/** The place of another pixel. */
function shifted(place: Place, { h, w }: Layout, y: number, x: number): Place {
  return { ...place, offset: place.offset + y * h + x * w };
}

/**
 * Output `o` and tap `k` meet the input pixel `(o + padding - k·dilation) / stride`, where that
 * is whole.
 */
function phases(
  operation: TransposedConvolutionOperation,
  axis: 0 | 1,
  outputs: number,
): readonly Phase[] {
  const [kernel, stride, dilation, padding] = [
    operation.kernel[axis],
    operation.stride[axis],
    operation.dilation[axis],
    operation.padding[axis],
  ];
  const step = dilation / gcd(stride, dilation);
  return Array.from({ length: Math.min(stride, outputs) }, (_, first): Phase => {
    const count = Math.ceil((outputs - first) / stride);
    const meets = (k: number): boolean => (first + padding - k * dilation) % stride === 0;
    const taps = Array.from({ length: kernel }, (_unused, k) => k)
      .filter(meets)
      .toReversed();
    // Outputs that no tap reaches have the bias alone: one tap of zeros on the first pixel.
    if (taps.length === 0) return { first, count, taps: [-1], dilation: 1, start: 0 };
    const start = (first + padding - taps[0] * dilation) / stride;
    return { first, count, taps, dilation: step, start };
  });
}

/** Weights [in, out / groups, kh, kw] as those of a convolution [out, in / groups, taps]. */
function turned(
  weights: Float32Array,
  { kernel: [kh, kw] }: TransposedConvolutionOperation,
  { inChannels, outChannels, groups }: ConvolutionShape,
  [rows, columns]: readonly [readonly number[], readonly number[]],
): Float32Array {
  const inGroup = inChannels / groups;
  const outGroup = outChannels / groups;
  const turnedWeights = new Float32Array(outChannels * inGroup * rows.length * columns.length);
  let next = 0;
  for (let out = 0; out < outChannels; out++) {
    const group = Math.floor(out / outGroup);
    for (let i = 0; i < inGroup; i++) {
      const filter = ((group * inGroup + i) * outGroup + (out % outGroup)) * kh * kw;
      for (const y of rows) {
        for (const x of columns) {
          turnedWeights[next++] = y < 0 || x < 0 ? 0 : weights[filter + y * kw + x];
        }
      }
    }
  }
  return turnedWeights;
}
