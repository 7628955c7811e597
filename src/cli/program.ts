/** What most commands begin with: a file is read and checked, and its diagnostics are shown. */
import { type Checked, check } from "../check/check.ts";
import type { SoundModel } from "../check/check-model.ts";
import { chooseModel } from "../check/choose-model.ts";
import type { Diagnostic, Problem } from "../diagnostics/diagnostic.ts";
import { place, wholeFile } from "../diagnostics/place.ts";
import type { Arguments } from "./arguments.ts";
import type { Options } from "./command.ts";
import { importsFrom } from "../files/read.ts";
import { isOnnx, readProgram } from "./files.ts";
import type { Io } from "./io.ts";
import { hasErrors } from "./report.ts";
import { sizesSet } from "./sizes.ts";

export const modelOption: Options = {
  model: { value: "NAME", does: "which model, where the file declares several" },
};

/** What was found in a program or an ONNX model. */
export interface CheckedFile extends Pick<Checked, "diagnostics" | "sources"> {
  /** Those without errors. */
  readonly models: readonly SoundModel[];
}

/** An ONNX model is read with the sizes of `--set`. */
export async function checkFile(path: string, args: Arguments, io: Io): Promise<CheckedFile> {
  if (isOnnx(path)) {
    const { checkOnnx } = await import("./onnx-model.ts");
    return checkOnnx(path, sizesSet(args), io);
  }
  const source = await readProgram(path, io);
  return "code" in source ? unreadable(path, source) : check(source, { resolve: importsFrom(io) });
}

/** A file that cannot be read is a program without models and with one diagnostic. */
export function unreadable(path: string, reason: Problem): Checked {
  return { models: [], diagnostics: [place(reason, wholeFile(path))], sources: [] };
}

/** The models meant by `--model`, or all; none after errors, which are among the diagnostics. */
export function chosenModels(
  path: string,
  { models, diagnostics }: CheckedFile,
  args: Arguments,
): { readonly models: readonly SoundModel[]; readonly diagnostics: readonly Diagnostic[] } {
  if (hasErrors(diagnostics)) return { models: [], diagnostics };
  const name = args.value("model");
  if (name === undefined && models.length > 0) return { models, diagnostics };
  const model = chooseModel(models, path, name);
  return "code" in model
    ? { models: [], diagnostics: [...diagnostics, model] }
    : { models: [model], diagnostics };
}
