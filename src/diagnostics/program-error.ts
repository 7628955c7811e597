/**
 * Carries diagnostics out of a function that returns a value only where there are no errors.
 * Whoever wants them as values calls the function's `try…` sibling.
 */
import { catalogue, type Code } from "./catalogue.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { type Source, positionOf } from "./span.ts";

/** Thrown where a program cannot be compiled or run; its message has a line for each error. */
export class ProgramError extends Error {
  override readonly name = "ProgramError";
  readonly diagnostics: readonly Diagnostic[];
  /** The texts that the diagnostics point into. */
  readonly sources: readonly Source[];

  constructor(diagnostics: readonly Diagnostic[], sources: readonly Source[]) {
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    super(errors.map((error) => oneLine(error, sources)).join("\n"));
    this.diagnostics = diagnostics;
    this.sources = sources;
  }
}

/** `lenet.cnn:7:8: CNN2003: the kernel is larger than its input: needs 5×5, gets 4×4`. */
function oneLine<C extends Code>(diagnostic: Diagnostic<C>, sources: readonly Source[]): string {
  const { code, facts, span } = diagnostic;
  const source = sources.find(({ name }) => name === span.file);
  const place = source && positionOf(source.text, span.start);
  const where = place === undefined ? span.file : `${span.file}:${place.line}:${place.column}`;
  return `${where}: ${code}: ${catalogue[code].title(facts)}: ${catalogue[code].label(facts)}`;
}
