/**
 * From an ONNX model to a network that runs, without a program between:
 *
 *     const net = await compileOnnx(bytes);
 *     const { output } = net.run({ input: { shape: [1, 3, 224, 224], data } });
 */
import { type Compiled, type NetOptions, openNet } from "./compile.ts";
import { ProgramError } from "./diagnostics/program-error.ts";
import type { Net } from "./runtime/net.ts";
import type { OnnxOptions } from "./trained-onnx.ts";

/** Where an ONNX model's large weights are, and where and for which sizes it is to run. */
export type CompileOnnxOptions = OnnxOptions & NetOptions;

/**
 * Compiles an ONNX model, which is checked as a program is.
 * @param bytes an `.onnx` file; `external` gives the files beside it that hold large weights
 * @throws ProgramError with all diagnostics where it is damaged or cannot be expressed
 */
export async function compileOnnx(
  bytes: Uint8Array,
  options: CompileOnnxOptions = {},
): Promise<Net> {
  const compiled = await tryCompileOnnx(bytes, options);
  if (compiled.net !== undefined) return compiled.net;
  throw new ProgramError(compiled.diagnostics, compiled.sources);
}

/** As `compileOnnx`, with the mistakes as values. */
export async function tryCompileOnnx(
  bytes: Uint8Array,
  options: CompileOnnxOptions = {},
): Promise<Compiled> {
  const { readTrainedOnnx } = await import("./trained-onnx.ts");
  const model = readTrainedOnnx(bytes, options);
  return model.checked === undefined ? model : openNet(model, options);
}
