/** Numbers and texts: from how they are written to what they mean. */
import type { IToken } from "chevrotain";
import { problem } from "../../diagnostics/diagnostic.ts";
import type { FloatLiteral, IntLiteral, StringLiteral } from "../ast.ts";
import { type BuildContext, spanBetween } from "./context.ts";

export function intLiteral(context: BuildContext, token: IToken): IntLiteral {
  const value = Number(token.image);
  const limit = Number.MAX_SAFE_INTEGER;
  if (value > limit) reportLarge(context, token, String(limit));
  return {
    kind: "int",
    value: Math.min(value, limit),
    text: token.image,
    span: spanBetween(context, token),
  };
}

export function floatLiteral(context: BuildContext, token: IToken): FloatLiteral {
  const value = Number(token.image);
  if (!Number.isFinite(value)) reportLarge(context, token, "1.8e308");
  return {
    kind: "float",
    value: Math.min(value, Number.MAX_VALUE),
    text: token.image,
    span: spanBetween(context, token),
  };
}

function reportLarge(context: BuildContext, token: IToken, limit: string): void {
  const text = token.image.length > 20 ? `${token.image.slice(0, 17)}…` : token.image;
  context.findings.report(problem("CNN1007", { text, limit }), spanBetween(context, token));
}

export function stringLiteral(context: BuildContext, token: IToken): StringLiteral {
  const span = spanBetween(context, token);
  const isAsWritten = span.end - span.start === token.image.length;
  let value = "";
  for (const { index, 0: part } of token.image.slice(1, -1).matchAll(parts)) {
    const meaning = meaningOf(part);
    if (meaning === undefined && isAsWritten) {
      const start = span.start + 1 + index;
      const what = problem("CNN1004", { escape: part });
      context.findings.report(what, { ...span, start, end: start + part.length });
    }
    value += meaning ?? part;
  }
  return { kind: "string", value, span };
}

/** Stretches without escapes, and escapes one by one. */
const parts = /[^\\]+|\\u\{[^}]*\}|\\[^]/g;

const escapes: ReadonlyMap<string, string> = new Map([
  ['\\"', '"'],
  ["\\\\", "\\"],
  ["\\n", "\n"],
  ["\\t", "\t"],
]);

/** Undefined for an escape that is none. */
function meaningOf(part: string): string | undefined {
  if (!part.startsWith("\\")) return part;
  const codePoint = /^\\u\{([0-9a-fA-F]{1,6})\}$/.exec(part)?.[1];
  if (codePoint === undefined) return escapes.get(part);
  const number = Number.parseInt(codePoint, 16);
  return number <= 0x10ffff ? String.fromCodePoint(number) : undefined;
}
