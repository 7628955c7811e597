/** Formats programs in the one style of the language. */
import * as standalone from "prettier/standalone";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { parse } from "../syntax/parse.ts";
import * as plugin from "./prettier-plugin/index.ts";

/** The layout; the language's own style unless given. */
export interface FormatOptions {
  /** Longest line in characters; 100 unless given. */
  readonly width?: number;
  /** Spaces for each level; 2 unless given. */
  readonly indent?: number;
  /** Under which the diagnostics speak of the text. */
  readonly name?: string;
}

/** A program with syntax errors is not touched: its errors come back instead. */
export type Formatted =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/**
 * Lays out a program anew: meaning, comments and single blank lines stay, and so do line
 * breaks between the steps of a pipeline. Formatting twice changes nothing.
 */
export async function format(text: string, options: FormatOptions = {}): Promise<Formatted> {
  const { name = "program.cnn", width = 100, indent = 2 } = options;
  const { diagnostics } = parse({ name, text });
  if (diagnostics.length > 0) return { ok: false, diagnostics };
  const formatted = await standalone.format(text, {
    parser: "cnn",
    plugins: [plugin],
    printWidth: width,
    tabWidth: indent,
  });
  return { ok: true, text: formatted };
}
