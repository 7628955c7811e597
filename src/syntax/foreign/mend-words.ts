/** Words and signs of other languages, reported and read as what they mean here. */
import type { IToken, TokenType } from "chevrotain";
import * as t from "../../../grammar/tokens.ts";
import { type Edit, problem } from "../../diagnostics/diagnostic.ts";
import type { Findings } from "../findings.ts";
import { endOf, is, quote, retag, spanOf, virtual } from "../token.ts";
import type { ForeignWord } from "./words.ts";

const UPDATES: ReadonlyMap<string, TokenType> = new Map([
  ["+=", t.Plus],
  ["-=", t.Minus],
  ["*=", t.Star],
  ["/=", t.Slash],
]);

/** `x += y` is read as `let x = x + y`. */
export function mendUpdate(
  name: IToken,
  token: IToken,
  value: IToken | undefined,
  findings: Findings,
): readonly IToken[] {
  const operator = token.image.charAt(0);
  const other = is(value, t.Identifier) ? (value?.image ?? "…") : "…";
  const advice = `values do not change: \`let sum = ${name.image} ${operator} ${other}\``;
  const what = problem("CNN1012", { word: token.image, advice });
  findings.report(what, spanOf(token, findings.file));
  return [
    virtual(t.Let, name.startOffset),
    name,
    virtual(t.Equals, endOf(name)),
    retag(name, t.Identifier),
    retag(token, UPDATES.get(token.image) ?? t.Plus, operator),
  ];
}

/** Whether the token changes a value, which none does here. */
export function isUpdate({ image }: IToken): boolean {
  return UPDATES.has(image);
}

/** Reports a word of another language with what belongs to it, and reads what was meant. */
export function mendWord(
  { shown, advice: label, write, instead, upTo }: ForeignWord,
  [word, ...rest]: readonly IToken[],
  text: string,
  findings: Findings,
): readonly IToken[] {
  const what = problem("CNN1012", { word: shown ?? word.image, advice: label });
  const span = spanOf(word, findings.file);
  const all = { ...span, end: endOf(rest.at(-1) ?? word) };
  if (write === undefined) findings.reportHabit(what, span, word.image);
  else {
    const removed = rest.length === 0 ? word.image : quote(text.slice(all.start, all.end));
    const title = write === "" ? `remove \`${removed}\`` : `write \`${write}\``;
    const edit =
      upTo === "the end of the line" ? removingLine(all, text) : replacing(all, write, text);
    findings.reportHabit(what, span, title, edit);
  }
  if (rest.length > 0) findings.silence(all);
  const image = instead.length === 1 ? (write ?? word.image) : word.image;
  return instead.map((type, i) => retag(word, type, i === 0 ? image : ""));
}

/** An edit that takes the space behind a removed word along. */
function replacing(span: Edit["span"], write: string, text: string): Edit {
  const spaces = write === "" ? /^ */.exec(text.slice(span.end, span.end + 80)) : null;
  return { span: { ...span, end: span.end + (spaces?.[0].length ?? 0) }, text: write };
}

/** An edit that takes the whole line away where nothing else stands on it. */
function removingLine(span: Edit["span"], text: string): Edit {
  const start = text.lastIndexOf("\n", span.start - 1) + 1;
  const isAlone = text.slice(start, span.start).trim() === "";
  const rest = /^[ \t]*\r?\n/.exec(text.slice(span.end, span.end + 80))?.[0];
  if (!isAlone || rest === undefined) return { span, text: "" };
  return { span: { ...span, start, end: span.end + rest.length }, text: "" };
}
