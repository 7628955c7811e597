/** From an ONNX file to a model with its weights: what `trained-model.ts` is for programs. */
import { type ImportOptions, importOnnx } from "./formats/onnx/import/import-onnx.ts";
import type { Bindings } from "./graph/dim.ts";
import { bindWeights } from "./runtime/weights.ts";
import type { NoModel, TrainedModel } from "./trained-model.ts";

/** The name of an ONNX file, and how the files beside it are read. */
export type OnnxOptions = Pick<ImportOptions, "file" | "external">;

/**
 * @param bytes an `.onnx` file; `external` gives the files beside it that hold large weights
 * @param sizes values for named sizes of the inputs
 */
export function readTrainedOnnx(
  bytes: Uint8Array,
  { file = "model.onnx", external }: OnnxOptions,
  sizes: Bindings = {},
): TrainedModel | NoModel {
  const { model, arrays, diagnostics, sources } = importOnnx(bytes, {
    file,
    sizes,
    ...(external && { external }),
  });
  if (model === undefined) return { diagnostics, sources };
  const bound = bindWeights(model.graph, arrays, file);
  if (bound.diagnostics.length > 0) return { diagnostics: bound.diagnostics, sources };
  return { checked: model, weights: bound.weights, weightsFile: file, diagnostics, sources };
}
