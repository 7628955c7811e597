/**
 * A convolution with every number fixed: what the convolution generators take. Linear
 * layers are convolutions too: of one pixel, or with a kernel as large as the map.
 */
import type { Layout } from "../loops/layout.ts";
import type { Epilogue } from "../vectors/epilogue.ts";
import type { Index } from "../ir/ir.ts";
import { type Axis, joinAxes } from "../loops/tiles.ts";

type Pair = readonly [height: number, width: number];

export interface ConvolutionProblem {
  readonly batch: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly groups: number;
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  /** Height and width of the result. */
  readonly outputSize: Pair;
  /**
   * The input's address is that of the first tap of the first output: padding is a margin of
   * zeros around the map, so that no kernel asks where the border is.
   */
  readonly input: Layout;
  readonly output: Layout;
  readonly epilogue: Epilogue;
}

/** A convolution before it is known where its tensors lie. */
export type ConvolutionShape = Omit<ConvolutionProblem, "input" | "output" | "epilogue">;

/** Where the parts of a tile lie, relative to the buffers. */
export interface Position {
  readonly input: Index;
  readonly output: Index;
  readonly residual: Index;
}

/** So many steps further along an axis with distances in input, output and residual. */
export function moved(
  { input, output, residual }: Position,
  { strides }: Axis,
  by: Index,
): Position {
  return {
    input: input.plus(by.times(strides[0])),
    output: output.plus(by.times(strides[1])),
    residual: residual.plus(by.times(strides[2])),
  };
}

/** Multiply-adds of the definition. */
export function multiplyAdds(problem: ConvolutionShape): number {
  const [kh, kw] = problem.kernel;
  const [oh, ow] = problem.outputSize;
  const perOutput = kh * kw * (problem.inChannels / problem.groups);
  return problem.batch * problem.outChannels * oh * ow * perOutput;
}

/** Height and width of the input with its padding, as far as it is read. */
export function paddedInputSize(problem: ConvolutionShape): Pair {
  const extent = (axis: 0 | 1): number =>
    (problem.outputSize[axis] - 1) * problem.stride[axis] +
    (problem.kernel[axis] - 1) * problem.dilation[axis] +
    1;
  return [extent(0), extent(1)];
}

/** The axes of output pixels, joined where they are one in input and output. */
export function pixelAxes(problem: ConvolutionProblem): readonly Axis[] {
  const { batch, outputSize, stride, input, output, epilogue } = problem;
  const { residual } = epilogue;
  return joinAxes([
    { extent: batch, strides: [input.n, output.n, residual?.n ?? 0] },
    { extent: outputSize[0], strides: [input.h * stride[0], output.h, residual?.h ?? 0] },
    { extent: outputSize[1], strides: [input.w * stride[1], output.w, residual?.w ?? 0] },
  ]);
}
