/** The buffers that every convolution kernel is called with. */
import type { KernelBuilder } from "../ir/builder.ts";
import type { Epilogue } from "../vectors/epilogue.ts";
import type { Buffer } from "../ir/ir.ts";

export interface ConvolutionBuffers {
  readonly input: Buffer;
  readonly weights: Buffer;
  readonly bias: Buffer | undefined;
  readonly residual: Buffer | undefined;
  readonly output: Buffer;
}

/** In the order of a call: input, weights, bias if any, residual if any, output. */
export function convolutionBuffers(b: KernelBuilder, epilogue: Epilogue): ConvolutionBuffers {
  return {
    input: b.buffer("input"),
    weights: b.buffer("weights"),
    bias: epilogue.bias ? b.buffer("bias") : undefined,
    residual: epilogue.residual ? b.buffer("residual") : undefined,
    output: b.buffer("output"),
  };
}
