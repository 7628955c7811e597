/** Shows diagnostics to the user. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { renderDiagnostics } from "../diagnostics/render.ts";
import type { Source } from "../diagnostics/span.ts";
import { type ExitCode, type Io, exitCodes } from "./io.ts";

/** Nobody reads more at once. */
const MOST = 100;

/** Prints to standard error; the exit code says whether there was an error among them. */
export function report(
  diagnostics: readonly Diagnostic[],
  sources: readonly Source[],
  io: Io,
): ExitCode {
  const shown = diagnostics.slice(0, MOST);
  const { width, colors } = io;
  if (shown.length > 0) {
    const options = { color: colors.err, ...(width !== undefined && { width }) };
    io.err(`${renderDiagnostics(shown, sources, options)}\n`);
  }
  if (diagnostics.length > MOST) io.err(`… and ${diagnostics.length - MOST} more\n\n`);
  if (diagnostics.length > 1) io.err(`${tally(diagnostics)}\n`);
  return hasErrors(diagnostics) ? exitCodes.diagnostics : exitCodes.ok;
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === "error");
}

/** `2 errors, 1 warning`. */
function tally(diagnostics: readonly Diagnostic[]): string {
  const counts = (["error", "warning"] as const).map((severity) => {
    const count = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
    return count === 0 ? "" : `${count} ${severity}${count === 1 ? "" : "s"}`;
  });
  return counts.filter((text) => text !== "").join(", ");
}
