/**
 * One mistake, one message: where the text of a statement could not be read as written, what the
 * checker finds in this statement is an echo of that. Only names are still looked at there, since
 * a mistyped name is a mistake of its own.
 */
import type { Code } from "../diagnostics/catalogue.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/span.ts";
import type { Module } from "./modules.ts";

/** Unknown names of layers and of arguments, and arguments that another framework names. */
const OF_NAMES: ReadonlySet<Code> = new Set<Code>(["CNN3001", "CNN3004", "CNN3030"]);

export function withoutEchoes(
  diagnostics: readonly Diagnostic[],
  modules: readonly Module[],
): readonly Diagnostic[] {
  const misread = diagnostics.filter(isSyntax).flatMap(({ span, places }) => places ?? [span]);
  if (misread.length === 0) return diagnostics;
  const statements = modules
    .flatMap(statementsOf)
    .filter((statement) => misread.some((span) => touches(span, statement)));
  return diagnostics.filter(
    (diagnostic) =>
      isSyntax(diagnostic) ||
      OF_NAMES.has(diagnostic.code) ||
      !statements.some((statement) => touches(diagnostic.span, statement)),
  );
}

function isSyntax({ code }: Diagnostic): boolean {
  return code.startsWith("CNN1");
}

/** The `let`s and the result of each model and block, its head, and every other item. */
function statementsOf({ program }: Module): readonly Span[] {
  return program.items.flatMap((item): readonly Span[] => {
    if (item.kind !== "model" && item.kind !== "block") return [item.span];
    const { lets, result, span } = item.body;
    const head = { ...item.span, end: span.start };
    const parts = [...lets, ...(result === undefined ? [] : [result])];
    return [head, ...parts.map((part) => part.span)];
  });
}

function touches(a: Span, b: Span): boolean {
  return a.file === b.file && a.start <= b.end && b.start <= a.end;
}
