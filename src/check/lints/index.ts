/** Programs that run but probably do not do what was meant: one file a lint, this is their table. */
import type { CheckedModel } from "../check-model.ts";
import type { Module } from "../modules.ts";
import type { Reporter } from "../reporter.ts";

/** Looks at a model's graph. */
export interface ModelLint {
  /** Reports what it finds. */
  check(model: CheckedModel, reporter: Reporter): void;
}

/** Looks at a file's syntax tree. */
export interface ModuleLint {
  check(module: Module, reporter: Reporter): void;
}

const modelLints: readonly ModelLint[] = [];

const moduleLints: readonly ModuleLint[] = [];

export function lintModel(model: CheckedModel, reporter: Reporter): void {
  for (const lint of modelLints) lint.check(model, reporter);
}

export function lintModule(module: Module, reporter: Reporter): void {
  for (const lint of moduleLints) lint.check(module, reporter);
}
