/**
 * Tokens that the language does not have, but that beginners write: read as what they are,
 * so that a message can name them and the parser never meets them. `src/syntax/slips.ts`
 * reports each and puts the right token in its place.
 */
import { Lexer, createToken } from "chevrotain";
import { BlockComment, vocabulary } from "./tokens.ts";

/** Signs of other languages and of typesetting: `=>`, `&&`, `→`. */
export const ForeignSign = createToken({
  name: "ForeignSign",
  pattern: /=>|\|>|[-+*/]=(?!=)|===|!==|&&|\|\||\*\*|:=|!(?!=)|[;→⇒⟶≤≥≠×·−–÷]/,
});

/** `# text`, a comment of Python. */
export const HashComment = createToken({ name: "HashComment", pattern: /#[^\r\n]*/ });

/** `"""text"""`, with which Python documents. */
export const TripleQuoted = createToken({
  name: "TripleQuoted",
  pattern: /"""[\s\S]*?"""|'''[\s\S]*?'''/,
  line_breaks: true,
});

/** `/* text` up to the end of the file. */
export const OpenComment = createToken({
  name: "OpenComment",
  pattern: /\/\*[\s\S]*/,
  line_breaks: true,
});

export const SingleQuoted = createToken({
  name: "SingleQuoted",
  pattern: /'[^'\\\r\n]*(?:\\[^\r\n][^'\\\r\n]*)*'/,
});

/** A text without its closing quote ends before what most likely follows it; `: ` follows a label. */
export const OpenString = createToken({
  name: "OpenString",
  pattern: /["'](?:[^\r\n,()[\]{}:]|:(?! ))*/,
});

/** `.5`, `1.`, `3x3`, `1_000`; but not `1e5`, `1.5` or the `0` of `0..n`. */
export const BadNumber = createToken({
  name: "BadNumber",
  pattern:
    /\d+(?:\.\d+)?(?![eE][+-]?\d+(?![A-Za-z0-9_]))[A-Za-z_][A-Za-z0-9_]*|\d+\.(?![.\d])|\.\d+/,
});

/** Characters that begin nothing; written out because the lexer sorts its tokens by them. */
export const UnknownCharacters = createToken({
  name: "UnknownCharacters",
  // oxlint-disable-next-line no-control-regex
  pattern: /[\x00-\x08\x0b\x0c\x0e-\x1f$?\\`^~&|\x7f-\uffff]+/,
});

/** Reads a text into the tokens of the language and the mistakes above. */
export function createLexer(): Lexer {
  const before = [BlockComment, OpenComment, ForeignSign, HashComment, TripleQuoted, BadNumber];
  const after = [SingleQuoted, OpenString, UnknownCharacters];
  const language = vocabulary.filter((type) => type !== BlockComment);
  return new Lexer([...before, ...language, ...after], {
    positionTracking: "onlyOffset",
    ensureOptimizations: true,
    skipValidations: true,
  });
}
