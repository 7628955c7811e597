/** Reads the model of a command together with its weights: a program's, or an ONNX model's own. */
import { chooseModel } from "../check/choose-model.ts";
import type { Problem } from "../diagnostics/diagnostic.ts";
import { besideProgram, importsFrom, readBytes } from "../files/read.ts";
import type { Bindings } from "../graph/dim.ts";
import type { WeightsFile } from "../runtime/weights-file.ts";
import {
  type ModelOptions,
  type NoModel,
  type TrainedModel,
  type UntrainedModel,
  readTrainedModel,
} from "../trained-model.ts";
import type { Arguments } from "./arguments.ts";
import type { Options } from "./command.ts";
import { isOnnx, readProgram } from "./files.ts";
import { type Io, UsageError } from "./io.ts";
import { checkFile, modelOption, unreadable } from "./program.ts";
import { hasErrors } from "./report.ts";

export const trainedModelOptions: Options = {
  weights: { value: "FILE", short: "w", does: "a safetensors or npz file" },
  ...modelOption,
};

export interface TrainedFile {
  readonly path: string;
  /** The weights file; unless given, the one that a program names, or the ONNX model itself. */
  readonly weights?: string | undefined;
  /** What an ONNX model is read with: the sizes of `--set`. */
  readonly sizes?: Bindings;
}

/** @throws UsageError where an ONNX model, which has its own weights, is given others */
export async function readTrainedFile(
  { path, weights: given, sizes = {} }: TrainedFile,
  args: Arguments,
  io: Io,
): Promise<TrainedModel | NoModel> {
  if (isOnnx(path)) {
    if (given !== undefined) {
      throw new UsageError(
        "--weights is for programs: an ONNX model has its own",
        `\`cnn import ${path}\` writes a program`,
      );
    }
    const { trainedOnnx } = await import("./onnx-model.ts");
    const trained = trainedOnnx(path, sizes, io);
    if (trained.checked === undefined) return trained;
    const chosen = chooseModel([trained.checked], path, args.value("model"));
    return "code" in chosen ? { diagnostics: [chosen], sources: trained.sources } : trained;
  }
  const source = await readProgram(path, io);
  if ("code" in source) return unreadable(path, source);
  const weights = given === undefined ? undefined : readFile(given, io);
  if (weights !== undefined && "code" in weights) {
    return { ...unreadable(source.name, weights), sources: [source] };
  }
  return readTrainedModel(source, {
    ...programOptions(args, io),
    weights: weights ?? ((named, program) => readFile(besideProgram(named, program), io)),
  });
}

/** The model of a program or an ONNX file without its weights. */
export async function readUntrainedFile(
  path: string,
  args: Arguments,
  io: Io,
): Promise<UntrainedModel | NoModel> {
  const { models, diagnostics, sources } = await checkFile(path, args, io);
  if (hasErrors(diagnostics)) return { diagnostics, sources };
  const checked = chooseModel(models, path, args.value("model"));
  return "code" in checked
    ? { diagnostics: [...diagnostics, checked], sources }
    : { checked, diagnostics, sources };
}

/** How the library reads a program of the command line. */
export function programOptions(args: Arguments, io: Io): Omit<ModelOptions, "weights"> {
  const model = args.value("model");
  return { resolve: importsFrom(io), ...(model !== undefined && { model }) };
}

function readFile(path: string, io: Io): WeightsFile | Problem {
  const bytes = readBytes(path, io);
  return bytes instanceof Uint8Array ? { name: path, bytes } : bytes;
}
