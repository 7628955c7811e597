/** What a lint is: a look at something that checked without errors, which reports what is odd. */
import type { Train } from "../../syntax/ast.ts";
import type { CheckedModel } from "../check-model.ts";
import type { Module } from "../modules.ts";
import type { Reporter } from "../reporter.ts";
import type { Flow } from "./flow.ts";

/** Looks at a model's graph, in time proportional to its size. */
export type ModelLint = (subject: Subject, reporter: Reporter) => void;

export interface Subject extends CheckedModel {
  readonly flow: Flow;
}

/** Looks at a model and how it is trained. */
export type TrainLint = (train: Train, subject: Subject, reporter: Reporter) => void;

/** Looks at a file's syntax tree. */
export type ModuleLint = (module: Module, reporter: Reporter) => void;
