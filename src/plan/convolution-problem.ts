/** A convolution of the graph in the words of the kernels. */
import type { ConvolutionOperation } from "../graph/operation.ts";
import type { ConvolutionShape } from "../kernels/convolution/problem.ts";

export {
  ALGORITHMS,
  type Algorithm,
  type ChooseOptions,
  type ConvolutionChoice,
  chooseConvolution,
} from "../kernels/convolution/choose.ts";
export type { ConvolutionShape } from "../kernels/convolution/problem.ts";

export function convolutionShape(
  operation: ConvolutionOperation,
  input: readonly number[],
  output: readonly number[],
): ConvolutionShape {
  const { kernel, stride, dilation, groups } = operation;
  const [batch, inChannels] = input;
  const [, outChannels, height, width] = output;
  return {
    batch,
    inChannels,
    outChannels,
    groups,
    kernel,
    stride,
    dilation,
    outputSize: [height, width],
  };
}
