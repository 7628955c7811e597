/** Diagnostics as Vite shows them: in the terminal, and over the page with the place in the file. */
import { dirname, join } from "node:path";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { renderDiagnostics } from "../diagnostics/render.ts";
import { type Source, positionOf } from "../diagnostics/span.ts";
import { wordsOf } from "../diagnostics/words.ts";

/** The part of Rollup's log that Vite shows. */
export interface LogEntry {
  readonly message: string;
  readonly id: string;
  readonly loc: { readonly file: string; readonly line: number; readonly column: number };
  /** The source with its marks. */
  readonly frame: string;
}

export interface PluginLog {
  readonly warnings: readonly LogEntry[];
  /** All errors in one, at the place of the first; undefined where there are none. */
  readonly error: LogEntry | undefined;
}

/** @param program its absolute path, which the diagnostics' files are beside */
export function pluginLog(
  program: string,
  diagnostics: readonly Diagnostic[],
  sources: readonly Source[],
): PluginLog {
  const entry = (shown: readonly Diagnostic[]): LogEntry => {
    const [first, ...others] = shown;
    const { file, start } = first.span;
    const source = sources.find(({ name }) => name === file);
    const { line, column } =
      source === undefined ? { line: 1, column: 1 } : positionOf(source.text, start);
    const path = join(dirname(program), file);
    const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
    return {
      message: `${first.code}: ${wordsOf(first).title}${more}`,
      id: path,
      loc: { file: path, line, column: column - 1 },
      frame: codeFrame(renderDiagnostics(shown, sources)),
    };
  };
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const warnings = diagnostics.filter(({ severity }) => severity === "warning");
  return {
    warnings: warnings.map((warning) => entry([warning])),
    error: errors.length === 0 ? undefined : entry(errors),
  };
}

/** Vite's overlay shows a frame only where a line begins as its own do: `14 | code`. */
function codeFrame(text: string): string {
  return text.replaceAll(/^( *\d* *)│/gm, "$1|");
}
