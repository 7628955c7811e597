/** Formats programs in the one style of the language. Prettier is loaded with the first of them. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { ProgramError } from "../diagnostics/program-error.ts";
import { type Source, sourceOf } from "../diagnostics/span.ts";
import { parse } from "../syntax/parse.ts";

/** The layout; the language's own style unless given. */
export interface FormatOptions {
  /** Longest line in characters; 100 unless given. */
  readonly width?: number;
  /** Spaces for each level; 2 unless given. */
  readonly indent?: number;
}

/** The text laid out, or the syntax errors for which it was not touched. */
export type Formatted =
  | { readonly text: string }
  | {
      readonly text?: undefined;
      readonly diagnostics: readonly Diagnostic[];
      /** The text that the diagnostics point into. */
      readonly sources: readonly Source[];
    };

/**
 * Lays out a program anew: meaning, comments and single blank lines stay, and so do line
 * breaks between the steps of a pipeline. Formatting twice changes nothing.
 * @param program its text, or a file of it with the name that messages give
 * @throws ProgramError with all syntax errors
 */
export async function format(
  program: string | Source,
  options: FormatOptions = {},
): Promise<string> {
  const formatted = await tryFormat(program, options);
  if (formatted.text !== undefined) return formatted.text;
  throw new ProgramError(formatted.diagnostics, formatted.sources);
}

/** As `format`, with the mistakes as values. */
export async function tryFormat(
  program: string | Source,
  { width = 100, indent = 2 }: FormatOptions = {},
): Promise<Formatted> {
  const source = sourceOf(program);
  const { diagnostics } = parse(source);
  if (diagnostics.length > 0) return { diagnostics, sources: [source] };
  const [prettier, plugin] = await Promise.all([
    import("prettier/standalone"),
    import("./prettier-plugin/index.ts"),
  ]);
  const text = await prettier.format(source.text, {
    parser: "cnn",
    plugins: [plugin],
    printWidth: width,
    tabWidth: indent,
  });
  return { text };
}
