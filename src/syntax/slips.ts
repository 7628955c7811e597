/**
 * Mends what is wrong with single tokens before the parser sees them: signs, quotes,
 * numbers and words of other languages, and a space before a call's parenthesis. Each
 * slip is reported, and what was meant stands in its place, so that the rest of the file
 * is read as if it were right.
 */
import type { IToken, TokenType } from "chevrotain";
import * as mistakes from "../../grammar/mistakes.ts";
import * as t from "../../grammar/tokens.ts";
import { problem } from "../diagnostics/diagnostic.ts";
import type { Findings } from "./findings.ts";
import { isUpdate, mendUpdate, mendWord } from "./foreign/mend-words.ts";
import { endOfForeign, foreignWord, isForeignWord } from "./foreign/words.ts";
import { readNumber } from "./numbers.ts";
import { endOf, is, onOneLine, retag, spanOf } from "./token.ts";

export function mendSlips(
  tokens: readonly IToken[],
  text: string,
  findings: Findings,
): readonly IToken[] {
  const mended: IToken[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    const handler = handlers.get(token.tokenType);
    const foreign = isForeignWord(token) ? foreignWord(tokens, index, text) : undefined;
    const name = mended.at(-1);
    if (isUpdate(token) && name !== undefined && is(name, t.Identifier)) {
      mended.splice(-1, 1, ...mendUpdate(name, token, tokens.at(index + 1), findings));
    } else if (handler !== undefined) {
      mended.push(...handler(token, text, findings));
    } else if (foreign !== undefined) {
      const end = endOfForeign(foreign, tokens, index, text);
      mended.push(...mendWord(foreign, tokens.slice(index, end), text, findings));
      index = end - 1;
    } else {
      mended.push(touchName(token, mended, text, findings));
    }
  }
  return mended;
}

type Handler = (token: IToken, text: string, findings: Findings) => readonly IToken[];

const handlers = new Map<TokenType, Handler>([
  [mistakes.ForeignSign, mendSign],
  [mistakes.HashComment, mendHash],
  [mistakes.TripleQuoted, mendDocstring],
  [mistakes.OpenComment, reportOpenComment],
  [mistakes.SingleQuoted, mendQuotes],
  [mistakes.OpenString, mendOpenString],
  [mistakes.BadNumber, readNumber],
  [mistakes.UnknownCharacters, reportUnknown],
]);

const signs: ReadonlyMap<string, readonly [type: TokenType, write: string]> = new Map([
  ["=>", [t.Arrow, "->"]],
  ["|>", [t.Arrow, "->"]],
  ["→", [t.Arrow, "->"]],
  ["⇒", [t.Arrow, "->"]],
  ["⟶", [t.Arrow, "->"]],
  ["===", [t.EqualEqual, "=="]],
  ["!==", [t.NotEqual, "!="]],
  ["≠", [t.NotEqual, "!="]],
  ["≤", [t.LessEqual, "<="]],
  ["≥", [t.GreaterEqual, ">="]],
  ["&&", [t.And, "and"]],
  ["||", [t.Or, "or"]],
  ["!", [t.Not, "not"]],
  ["×", [t.Star, "*"]],
  ["·", [t.Star, "*"]],
  ["**", [t.Star, "*"]],
  ["−", [t.Minus, "-"]],
  ["–", [t.Minus, "-"]],
  ["÷", [t.Slash, "/"]],
  [":=", [t.Equals, "="]],
]);

function mendSign(token: IToken, text: string, findings: Findings): readonly IToken[] {
  const span = spanOf(token, findings.file);
  const known = signs.get(token.image);
  if (known === undefined) {
    const what = problem("CNN1011", { sign: token.image, where: "at the end of a line" });
    findings.reportHabit(what, span, `remove each \`${token.image}\``, { span, text: "" });
    return [];
  }
  const [type, write] = known;
  const what = problem("CNN1010", { found: token.image, write });
  if (token.image === "**") {
    findings.report(what, span, { help: ["write a power as a product: `a * a`"] });
  } else {
    const edit = { span, text: apart(write, token, text) };
    findings.reportHabit(what, span, `write \`${write}\` for \`${token.image}\``, edit);
  }
  return [retag(token, type, write)];
}

/** A word that takes a sign's place must not grow together with its neighbours. */
function apart(word: string, token: IToken, text: string): string {
  if (!/\w/.test(word)) return word;
  const before = /\w/.test(text.charAt(token.startOffset - 1)) ? " " : "";
  const after = /\s/.test(text.charAt(endOf(token))) ? "" : " ";
  return before + word + after;
}

function mendHash(token: IToken, _: string, findings: Findings): readonly IToken[] {
  const span = spanOf(token, findings.file);
  const edit = { span: { ...span, end: span.start + 1 }, text: "//" };
  findings.reportHabit(problem("CNN1009", { found: "#" }), span, "write `//` for `#`", edit);
  return [];
}

/** `"""text"""` */
function mendDocstring(token: IToken, _: string, findings: Findings): readonly IToken[] {
  const span = spanOf(token, findings.file);
  const found = token.image.slice(0, 3);
  const words = token.image.slice(3, -3).trim().replaceAll("*/", "* /");
  const edit = { span, text: words.includes("\n") ? `/* ${words} */` : `// ${words}` };
  findings.reportHabit(problem("CNN1009", { found }), span, "write a comment", edit);
  return [];
}

function reportOpenComment(token: IToken, _: string, findings: Findings): readonly IToken[] {
  const span = spanOf(token, findings.file);
  findings.report(problem("CNN1008", {}), { ...span, end: span.start + 2 });
  findings.silence(span);
  return [];
}

function mendQuotes(token: IToken, _: string, findings: Findings): readonly IToken[] {
  const span = spanOf(token, findings.file);
  const written = `"${token.image.slice(1, -1).replaceAll("\\'", "'").replaceAll('"', '\\"')}"`;
  const edit = { span, text: written };
  findings.reportHabit(problem("CNN1005", {}), span, "write double quotes", edit);
  return [retag(token, t.StringLiteral, written)];
}

function mendOpenString(token: IToken, _: string, findings: Findings): readonly IToken[] {
  const content = token.image.slice(1).trimEnd();
  const end = token.startOffset + 1 + content.length;
  const span = { file: findings.file, start: token.startOffset, end };
  findings.report(problem("CNN1003", { quote: token.image[0] }), span);
  return [retag(token, t.StringLiteral, `"${content.replaceAll("\\", "\\\\")}"`)];
}

const advice: ReadonlyMap<string, string> = new Map([
  ["?", "for a choice write `if a { b } else { c }`"],
  ["“", 'write the straight quote `"`'],
  ["”", 'write the straight quote `"`'],
  ["„", 'write the straight quote `"`'],
  ["…", "write out what the three dots stand for"],
  ["|", "steps are joined by `->`; for a choice of two conditions write `or`"],
  ["&", "write `and`"],
  ["^", "write a power as a product: `a * a`"],
]);

function reportUnknown(token: IToken, source: string, findings: Findings): readonly IToken[] {
  const [first] = token.image;
  const text = token.image.length > 8 ? `${token.image.slice(0, 8)}…` : token.image;
  const letter = /\p{L}/u.test(first)
    ? "names are made of `a`–`z`, `A`–`Z`, digits and `_`"
    : undefined;
  const help = advice.get(first) ?? letter;
  const facts = help === undefined ? { text } : { text, advice: help };
  const span = spanOf(token, findings.file);
  findings.report(problem("CNN1002", facts), span);
  // Of `a ? b : c` the colon is no mistake of its own.
  const colon = token.image === "?" && /^[^?:,\n]*:/.exec(source.slice(span.end));
  if (colon) findings.silence({ ...span, end: span.end + colon[0].length });
  return [];
}

/** `conv (6)` and `x.shape [0]` on one line can only be meant without the space. */
function touchName(
  token: IToken,
  before: readonly IToken[],
  text: string,
  findings: Findings,
): IToken {
  const isParen = token.tokenType === t.LeftParen;
  const name = before.at(-1);
  if ((!isParen && token.tokenType !== t.LeftBracket) || name === undefined) return token;
  if (!is(name, t.Identifier) || !onOneLine(text, name, token)) return token;
  const earlier = before.at(-2);
  if (isParen ? is(earlier, t.Model, t.Block, t.At) : !is(earlier, t.Dot)) return token;
  const span = spanOf(token, findings.file);
  const gap = { file: findings.file, start: endOf(name), end: token.startOffset };
  const what = problem("CNN1023", { name: name.image, open: token.image });
  const fix = { title: "remove the space", edits: [{ span: gap, text: "" }] };
  const isBlank = text.slice(gap.start, gap.end).trim() === "";
  findings.report(what, span, { fix: isBlank ? fix : undefined });
  return retag(token, isParen ? t.CallParen : t.IndexBracket);
}
