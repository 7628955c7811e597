/** Reads the program of a command together with its weights. */
import type { Problem } from "../diagnostics/diagnostic.ts";
import { place, wholeFile } from "../diagnostics/place.ts";
import type { Source } from "../diagnostics/span.ts";
import type { WeightsFile } from "../runtime/weights-file.ts";
import type { ModelOptions, NoModel } from "../trained-model.ts";
import type { Arguments } from "./arguments.ts";
import type { Options } from "./command.ts";
import { besideProgram, importsFrom, readBytes } from "../files/read.ts";
import { readProgram } from "./files.ts";
import type { Io } from "./io.ts";
import { modelOption } from "./program.ts";

export const trainedModelOptions: Options = {
  weights: { value: "FILE", short: "w", does: "a safetensors or npz file" },
  ...modelOption,
};

export interface ProgramWithWeights {
  readonly source: Source;
  readonly options: ModelOptions;
}

/**
 * What `compile` and `build` begin with, or what could not be read.
 * @param given the weights file; unless given, the one that the model names
 */
export async function readProgramWithWeights(
  path: string,
  given: string | undefined,
  args: Arguments,
  io: Io,
): Promise<ProgramWithWeights | NoModel> {
  const source = await readProgram(path, io);
  if ("code" in source) {
    return { diagnostics: [place(source, wholeFile(path))], sources: [] };
  }
  const weights = given === undefined ? undefined : readFile(given, io);
  if (weights !== undefined && "code" in weights) {
    return { diagnostics: [place(weights, wholeFile(source.name))], sources: [source] };
  }
  const model = args.value("model");
  return {
    source,
    options: {
      resolve: importsFrom(io),
      weights: weights ?? ((named, program) => readFile(besideProgram(named, program), io)),
      ...(model !== undefined && { model }),
    },
  };
}

function readFile(path: string, io: Io): WeightsFile | Problem {
  const bytes = readBytes(path, io);
  return bytes instanceof Uint8Array ? { name: path, bytes } : bytes;
}
