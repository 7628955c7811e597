/**
 * The words and signs of the language. A token's label is how messages name it. Layout is
 * skipped, comments are collected in a group of their own, and nothing here depends on
 * line breaks.
 */
import { Lexer, type IToken, type TokenType, createToken } from "chevrotain";

/** Any mention or declaration of a name, and the words that are reserved nowhere. */
export const Identifier = createToken({
  name: "Identifier",
  pattern: /[A-Za-z_][A-Za-z0-9_]*/,
  label: "a name",
});

/** Reserved words: `block` cannot be a name, but `"block"` can be a label. */
export const Keyword = createToken({ name: "Keyword", pattern: Lexer.NA });

/** `or and == != < <= > >= + - * / %`; what binds tighter is decided in `src/syntax`. */
export const BinaryOperator = createToken({
  name: "BinaryOperator",
  pattern: Lexer.NA,
  label: "an operator",
});

/** `-` and `not`. */
export const PrefixOperator = createToken({
  name: "PrefixOperator",
  pattern: Lexer.NA,
  label: "`-` or `not`",
});

function keyword(word: string, ...categories: TokenType[]): TokenType {
  return createToken({
    name: word[0].toUpperCase() + word.slice(1),
    pattern: word,
    longer_alt: Identifier,
    label: `\`${word}\``,
    categories: [Keyword, ...categories],
  });
}

/** A word with a meaning in one place, and a name everywhere else. */
function softKeyword(word: string): TokenType {
  return createToken({
    name: word[0].toUpperCase() + word.slice(1),
    pattern: word,
    longer_alt: Identifier,
    label: `\`${word}\``,
    categories: [Identifier],
  });
}

function sign(name: string, text: string, ...categories: TokenType[]): TokenType {
  return createToken({ name, pattern: text, label: `\`${text}\``, categories });
}

export const Import = keyword("import");
export const Const = keyword("const");
export const Block = keyword("block");
export const Model = keyword("model");
export const Train = keyword("train");
export const Let = keyword("let");
export const If = keyword("if");
export const Else = keyword("else");
export const Repeat = keyword("repeat");
export const In = keyword("in");
export const Where = keyword("where");
export const True = keyword("true");
export const False = keyword("false");
export const And = keyword("and", BinaryOperator);
export const Or = keyword("or", BinaryOperator);
export const Not = keyword("not", PrefixOperator);
export const From = softKeyword("from");
export const As = softKeyword("as");

export const Arrow = sign("Arrow", "->");
export const EqualEqual = sign("EqualEqual", "==", BinaryOperator);
export const NotEqual = sign("NotEqual", "!=", BinaryOperator);
export const LessEqual = sign("LessEqual", "<=", BinaryOperator);
export const GreaterEqual = sign("GreaterEqual", ">=", BinaryOperator);
export const Less = sign("Less", "<", BinaryOperator);
export const Greater = sign("Greater", ">", BinaryOperator);
export const Plus = sign("Plus", "+", BinaryOperator);
export const Minus = sign("Minus", "-", BinaryOperator, PrefixOperator);
export const Star = sign("Star", "*", BinaryOperator);
export const Slash = sign("Slash", "/", BinaryOperator);
export const Percent = sign("Percent", "%", BinaryOperator);
export const Equals = sign("Equals", "=");
export const Colon = sign("Colon", ":");
export const Comma = sign("Comma", ",");
export const DotDot = sign("DotDot", "..");
export const Dot = sign("Dot", ".");
export const At = sign("At", "@");
export const LeftBrace = sign("LeftBrace", "{");
export const RightBrace = sign("RightBrace", "}");
export const LeftParen = sign("LeftParen", "(");
export const RightParen = sign("RightParen", ")");
export const LeftBracket = sign("LeftBracket", "[");
export const RightBracket = sign("RightBracket", "]");

/** A bracket that touches what stands before it: a call or an index, never a new value. */
function touching(name: string, text: "(" | "[", category: TokenType): TokenType {
  const match = (source: string, offset: number, before: IToken[]): [string] | null => {
    if (source[offset] !== text) return null;
    const last = before.at(-1);
    if (last === undefined || last.startOffset + last.image.length !== offset) return null;
    return endsOperand.has(last.tokenType) ? [text] : null;
  };
  return createToken({
    name,
    pattern: match,
    start_chars_hint: [text],
    line_breaks: false,
    label: `\`${text}\``,
    categories: [category],
  });
}

const endsOperand = new Set([Identifier, From, As, RightParen, RightBracket]);

export const CallParen = touching("CallParen", "(", LeftParen);
export const IndexBracket = touching("IndexBracket", "[", LeftBracket);

export const FloatLiteral = createToken({
  name: "FloatLiteral",
  pattern: /(?:\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)(?![A-Za-z0-9_])/,
  label: "a number",
});
export const IntLiteral = createToken({
  name: "IntLiteral",
  pattern: /\d+(?![A-Za-z0-9_]|\.(?!\.))/,
  label: "a whole number",
});
export const StringLiteral = createToken({
  name: "StringLiteral",
  pattern: /"[^"\\\r\n]*(?:\\[^\r\n][^"\\\r\n]*)*"/,
  label: "a text in double quotes",
});

/** `/// text`: documents the item that follows. `////` is a common comment. */
export const DocComment = createToken({
  name: "DocComment",
  pattern: /\/\/\/(?!\/)[^\r\n]*/,
  group: "comments",
});
export const LineComment = createToken({
  name: "LineComment",
  pattern: /\/\/[^\r\n]*/,
  group: "comments",
});
export const BlockComment = createToken({
  name: "BlockComment",
  pattern: /\/\*[\s\S]*?\*\//,
  line_breaks: true,
  group: "comments",
});

/** Spaces (the non-breaking one too), line breaks and a byte order mark. */
export const Layout = createToken({
  name: "Layout",
  pattern: /[ \t\r\n\u00A0\uFEFF]+/,
  line_breaks: true,
  group: Lexer.SKIPPED,
});

/**
 * Stands in the token list for a stretch that could not be read; the lexer never makes one.
 * It is a name to the parser, so that it fits wherever a name or a value does.
 */
export const Hole = createToken({ name: "Hole", pattern: Lexer.NA, categories: [Identifier] });

const layout = [Layout, DocComment, LineComment, BlockComment];
const words = [Import, Const, Block, Model, Train, Let, If, Else, Repeat, In, Where, True, False];
const names = [And, Or, Not, From, As, Identifier];
const literals = [FloatLiteral, IntLiteral, StringLiteral];
const comparisons = [EqualEqual, NotEqual, LessEqual, GreaterEqual, Less, Greater];
const arithmetic = [Plus, Minus, Star, Slash, Percent];
const punctuation = [Equals, Colon, Comma, DotDot, Dot, At, LeftBrace, RightBrace];
const brackets = [CallParen, LeftParen, RightParen, IndexBracket, LeftBracket, RightBracket];
const abstract = [Keyword, BinaryOperator, PrefixOperator, Hole];

/** All that the parser may meet; where two tokens fit, the lexer takes the one that is first here. */
export const vocabulary: readonly TokenType[] = [
  layout,
  words,
  names,
  literals,
  [Arrow],
  comparisons,
  arithmetic,
  punctuation,
  brackets,
  abstract,
].flat();
