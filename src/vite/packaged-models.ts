/** Compiles all models of a program on disk, and says which files went into them. */
import { basename, dirname, join } from "node:path";
import { type BuildOptions, tryBuild } from "../build.ts";
import { check } from "../check/check.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { place, wholeFile } from "../diagnostics/place.ts";
import type { Source } from "../diagnostics/span.ts";
import { besideProgram, importsFrom, readBytes, readSource } from "../files/read.ts";
import type { PackagedModule } from "../targets/wasm/package/make-package.ts";

/** How a model is compiled; its weights are the file that `@weights` names. */
export type ModelChoices = Pick<
  BuildOptions,
  "algorithms" | "batch" | "portable" | "precise" | "sizes" | "threads"
>;

export interface PackagedProgram {
  /** In the order of the program; none where there are errors. */
  readonly models: readonly NamedModule[];
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: readonly Source[];
}

export interface NamedModule extends PackagedModule {
  readonly doc: string | undefined;
}

/** @param path of the program, absolute */
export function packagedModels(
  path: string,
  choicesFor: (model: string) => ModelChoices,
): PackagedProgram & {
  /** Beside the program: what it imports, and its weights. */
  readonly files: readonly string[];
} {
  const folder = { cwd: dirname(path) };
  const files = new Set<string>();
  const note = (name: string): string => {
    files.add(join(folder.cwd, name));
    return name;
  };
  const source = readSource(basename(path), folder);
  if ("code" in source) {
    const diagnostics = [place(source, wholeFile(basename(path)))];
    return { models: [], diagnostics, sources: [], files: [] };
  }
  const found = importsFrom(folder);
  const reading = {
    resolve: (named: string, importer: string): Source | undefined => {
      note(besideProgram(named, importer));
      return found(named, importer);
    },
    weights: (named: string, program: string) => {
      const name = note(besideProgram(named, program));
      const bytes = readBytes(name, folder);
      return bytes instanceof Uint8Array ? { name, bytes } : bytes;
    },
  };
  const { models, diagnostics, sources } = check(source, reading);
  const isWrong = diagnostics.some(({ severity }) => severity === "error");
  if (isWrong || models.length === 0) {
    const built = isWrong ? { diagnostics, sources } : tryBuild(source, reading);
    return { models: [], ...built, files: [...files] };
  }
  const built = models.map(({ name }) =>
    tryBuild(source, { ...reading, ...choicesFor(name), model: name }),
  );
  const all = [...diagnostics, ...built.flatMap((one) => one.diagnostics)];
  return {
    models: built.flatMap((one) => (one.built ? [{ ...one.built, doc: one.doc }] : [])),
    diagnostics: withoutRepeats(all),
    sources,
    files: [...files],
  };
}

/** Each model's build reports what the whole program gets. */
function withoutRepeats(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const keys = diagnostics.map(({ code, span }) => `${code} ${span.file} ${span.start}`);
  return diagnostics.filter((_, i) => keys.indexOf(keys[i]) === i);
}
