/**
 * A convolution with every number fixed: what the convolution generators take. Linear
 * layers are convolutions too: of one pixel, or with a kernel as large as the map.
 */
import { channelsLast, type Layout } from "../layout.ts";
import { type Epilogue, plainEpilogue } from "../epilogue.ts";

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

/** Multiply-adds of the definition. */
export function multiplyAdds(problem: ConvolutionProblem): number {
  const [kh, kw] = problem.kernel;
  const [oh, ow] = problem.outputSize;
  const perOutput = kh * kw * (problem.inChannels / problem.groups);
  return problem.batch * problem.outChannels * oh * ow * perOutput;
}

/** Height and width of the input with its padding, as far as it is read. */
export function paddedInputSize(problem: ConvolutionProblem): Pair {
  const extent = (axis: 0 | 1): number =>
    (problem.outputSize[axis] - 1) * problem.stride[axis] +
    (problem.kernel[axis] - 1) * problem.dilation[axis] +
    1;
  return [extent(0), extent(1)];
}

/** A problem with channels last and what is not said at its simplest. */
export function convolutionProblem(
  given: Pick<ConvolutionProblem, "inChannels" | "outChannels" | "kernel" | "outputSize"> &
    Partial<ConvolutionProblem>,
): ConvolutionProblem {
  const simple = {
    batch: 1,
    groups: 1,
    stride: [1, 1] as const,
    dilation: [1, 1] as const,
    epilogue: plainEpilogue,
    ...given,
  };
  const { batch, inChannels, outChannels, outputSize } = simple;
  const layout = { n: 0, c: 1, h: 0, w: 0, wholeVectors: true };
  const [h, w] = paddedInputSize({ ...simple, input: layout, output: layout });
  return {
    input: channelsLast([batch, inChannels, h, w], wholeVectors(inChannels)),
    output: channelsLast([batch, outChannels, ...outputSize], wholeVectors(outChannels)),
    ...simple,
  };
}

function wholeVectors(channels: number): number {
  return Math.ceil(channels / 4) * 4;
}
