/**
 * Prettier for `.cnn` files: `"plugins": ["cnn-lang/prettier"]` in a project's configuration.
 * A program with syntax errors is not formatted: Prettier shows the first of them.
 */
import type { AstPath, Parser, Plugin, Printer } from "prettier";
import type { builders } from "prettier/doc";
import type { IToken } from "chevrotain";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { positionOf } from "../../diagnostics/span.ts";
import { wordsOf } from "../../diagnostics/words.ts";
import type { Program } from "../../syntax/ast.ts";
import { parse } from "../../syntax/parse.ts";
import { scan } from "../../syntax/scan.ts";
import { printProgram } from "./items.ts";
import { TokenStream } from "./token-stream.ts";

/** What Prettier carries from the parser to the printer: the tree, and the tokens it came from. */
interface Formattable {
  readonly program: Program;
  readonly text: string;
  readonly tokens: readonly IToken[];
  readonly commentTokens: readonly IToken[];
}

/** The error that Prettier shows with a frame of the source around its place. */
class CnnSyntaxError extends SyntaxError {
  readonly loc: { start: Position; end: Position };

  constructor(diagnostic: Diagnostic, text: string) {
    super(`${diagnostic.code}: ${wordsOf(diagnostic).title}`);
    const { span } = diagnostic;
    this.loc = { start: positionOf(text, span.start), end: positionOf(text, span.end) };
  }
}

interface Position {
  readonly line: number;
  readonly column: number;
}

function parseText(text: string): Formattable {
  const { program, diagnostics } = parse({ name: "", text });
  if (diagnostics.length > 0) throw new CnnSyntaxError(diagnostics[0], text);
  const { tokens, comments: commentTokens } = scan(text);
  return { program, text, tokens, commentTokens };
}

const parser: Parser<Formattable> = {
  parse: parseText,
  astFormat: "cnn",
  locStart: () => 0,
  locEnd: ({ text }) => text.length,
};

const printer: Printer<Formattable> = {
  print({ node }: AstPath<Formattable>): builders.Doc {
    const stream = new TokenStream(node.text, node.tokens, node.commentTokens);
    return printProgram(stream, node.program);
  },
};

/** The files that the plugin is for: `.cnn`. */
export const languages = [
  { name: "cnn", parsers: ["cnn"], extensions: [".cnn"], linguistLanguageId: 0 },
] satisfies Plugin["languages"];

/** Reads a program; throws a `SyntaxError` with its place at the first syntax error. */
export const parsers = { cnn: parser };

/** Lays out the tree that the parser has read. */
export const printers = { cnn: printer };

/** The language's style; a project's configuration comes before it. */
export const defaultOptions = { printWidth: 100, tabWidth: 2 };
