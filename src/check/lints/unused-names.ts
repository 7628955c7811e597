/**
 * Names that nothing uses: a branch that was forgotten, or the rest of an earlier version. A name
 * that starts with an underscore is meant to be unused; a file without a model is a library.
 */
import { problem } from "../../diagnostics/diagnostic.ts";
import { type Declaration, declarationsOf } from "./declarations.ts";
import type { ModuleLint } from "./lint.ts";

export const unusedNames: ModuleLint = ({ program }, reporter) => {
  const isLibrary = !program.items.some(({ kind }) => kind === "model");
  for (const { sort, name, used } of declarationsOf(program)) {
    if (used || name.text.startsWith("_") || isNeverUnused(sort, isLibrary)) continue;
    reporter.report(problem("CNN4012", { what: WORDS[sort], name: name.text }), name.span);
  }
};

const WORDS: Readonly<Record<Declaration["sort"], string>> = {
  import: "import",
  constant: "constant",
  block: "block",
  model: "model",
  parameter: "parameter",
  let: "let",
  round: "round number",
};

function isNeverUnused(sort: Declaration["sort"], isLibrary: boolean): boolean {
  switch (sort) {
    case "model":
      return true;
    case "block":
    case "constant":
      return isLibrary;
    case "import":
    case "parameter":
    case "let":
    case "round":
      return false;
    default:
      return sort satisfies never;
  }
}
