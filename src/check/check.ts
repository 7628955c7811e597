/**
 * Text to graphs: all that is known of a program before anything runs. Every mistake of a
 * file is reported in one run; models without errors come with their graph.
 */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { type Source, sourceOf } from "../diagnostics/span.ts";
import { joinAlike } from "./alike.ts";
import { notAllowed } from "./allowed.ts";
import { type CheckedModel, checkModel } from "./check-model.ts";
import { withoutEchoes } from "./echoes.ts";
import { Effort } from "./remedies/effort.ts";
import { withFixes } from "./remedies/fixes.ts";
import { lintModel, lintModule } from "./lints/index.ts";
import { checkAttributes } from "./metadata.ts";
import { type Module, type Resolve, loadModules, modelsOf, trainsOf } from "./modules.ts";
import { Reporter } from "./reporter.ts";
import { resolveNames } from "./resolve.ts";
import { withSizesThatWork } from "./remedies/sizes-that-work.ts";
import { checkTrain } from "./train.ts";

/** How to check; all of it may be left out. */
export interface CheckOptions {
  /** Finds imported files; without it, imports cannot be followed. */
  readonly resolve?: Resolve;
  /** Codes of warnings that are not to be shown. */
  readonly allow?: readonly string[];
  /** False leaves out proposals that need the program to be checked again. */
  readonly remedies?: boolean;
}

/** All that is known of a program before anything runs. */
export interface Checked {
  /** The models without errors, in source order. */
  readonly models: readonly CheckedModel[];
  /** Errors and warnings, by file and place. */
  readonly diagnostics: readonly Diagnostic[];
  /** The texts that the diagnostics point into: the file and what it imports. */
  readonly sources: readonly Source[];
}

/**
 * Checks a program: syntax, names, values and all shapes, named sizes included. Shapes are
 * `[N, C, H, W]` and follow PyTorch's rules. Never throws on a wrong program; `InternalFault` is a
 * mistake of the compiler.
 * @param program its text, or a file of it with the name that messages give
 */
export function check(program: string | Source, options: CheckOptions = {}): Checked {
  const source = sourceOf(program);
  const reporter = new Reporter();
  const { entry, modules } = loadModules(source, options.resolve ?? (() => undefined), reporter);
  for (const module of modules) checkDeclarations(module, reporter);
  const models: CheckedModel[] = [];
  const trainsByModel = Map.groupBy(trainsOf(entry), ({ model }) => model.text);
  let work = source.text.length;
  for (const model of modelsOf(entry)) {
    const own = new Reporter();
    const result = checkModel(model, entry, own);
    work += result.work;
    if (result.checked !== undefined) {
      lintModel(result.checked, trainsByModel.get(model.name.text) ?? [], own);
      models.push(result.checked);
    }
    const diagnostics =
      options.remedies === false
        ? own.diagnostics
        : withSizesThatWork(own.diagnostics, model, entry, new Effort(result.work));
    for (const diagnostic of diagnostics) reporter.add(diagnostic);
  }
  for (const train of trainsOf(entry)) checkTrain(train, entry, reporter);
  // After a mistake a name may seem unused only because its use could not be read.
  if (!reporter.hasErrors) lintModule(entry, reporter);
  const shown = notAllowed(
    joinAlike(withoutEchoes(reporter.diagnostics, modules)),
    modules,
    options.allow ?? [],
  );
  const attempt = {
    source,
    program: entry.program,
    check: (changed: Source) => check(changed, { ...options, remedies: false }).diagnostics,
    effort: new Effort(work),
  };
  return {
    models,
    diagnostics: options.remedies === false ? shown : withFixes(shown, attempt),
    sources: modules.map((module) => module.source),
  };
}

function checkDeclarations(module: Module, reporter: Reporter): void {
  resolveNames(module, reporter);
  for (const item of module.program.items) {
    if (item.kind === "block" || item.kind === "model") checkAttributes(item, reporter);
  }
}
