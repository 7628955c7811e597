/** Text to tokens. Every character of the text is part of a token, a comment or layout. */
import type { IToken, Lexer } from "chevrotain";
import { createLexer } from "../../grammar/mistakes.ts";
import { InternalFault } from "../diagnostics/diagnostic.ts";

export interface Scan {
  /** Tokens of the language and of `grammar/mistakes.ts`. */
  readonly tokens: readonly IToken[];
  /** Comments of all kinds, doc comments too, in source order. */
  readonly comments: readonly IToken[];
}

/** Made on first use: a program that only imports the library does not pay for it. */
let lexer: Lexer | undefined;

export function scan(text: string): Scan {
  lexer ??= createLexer();
  const { tokens, groups, errors } = lexer.tokenize(text);
  if (errors.length > 0) throw new InternalFault(`no token begins at offset ${errors[0].offset}`);
  return { tokens, comments: groups.comments ?? [] };
}
