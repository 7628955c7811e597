/** Numbers as other languages write them: reported, and read as what they mean. */
import type { IToken } from "chevrotain";
import * as t from "../../grammar/tokens.ts";
import { problem } from "../diagnostics/diagnostic.ts";
import type { Findings } from "./findings.ts";
import { retag, spanOf } from "./token.ts";

interface Reading {
  readonly reason: string;
  /** As it should be written; absent where nobody can know. */
  readonly write?: string;
}

const readings: readonly (readonly [RegExp, (text: string) => Reading])[] = [
  [/^\./, (text) => ({ reason: "a digit belongs before the dot", write: `0${text}` })],
  [/\.$/, (text) => ({ reason: "a digit belongs after the dot", write: `${text}0` })],
  [
    /^\d+(x\d+)+$/,
    (text) => ({
      reason: "sizes of several sides are a tuple",
      write: `(${text.split("x").join(", ")})`,
    }),
  ],
  [
    /^\d+(_\d+)+$/,
    (text) => ({ reason: "digits stand side by side", write: text.replaceAll("_", "") }),
  ],
  [
    /^0[xX][\dA-Fa-f]{1,12}$/,
    (text) => ({ reason: "numbers are decimal", write: String(Number(text)) }),
  ],
  [
    /^\d+(\.\d+)?[fFlL]$/,
    (text) => ({ reason: "numbers have no suffix", write: text.slice(0, -1) }),
  ],
];

export function readNumber(token: IToken, source: string, findings: Findings): readonly IToken[] {
  const text = token.image;
  const { reason, write } = readingOf(text, source.charAt(token.startOffset - 1));
  const span = spanOf(token, findings.file);
  if (write === undefined) {
    findings.report(problem("CNN1006", { text, reason }), span);
    return [retag(token, t.Hole)];
  }
  const fix = { title: `write \`${write}\``, edits: [{ span, text: write }] };
  findings.report(problem("CNN1006", { text, reason, write }), span, { fix });
  if (write.startsWith("(")) return [retag(token, t.Hole)];
  return [retag(token, write.includes(".") ? t.FloatLiteral : t.IntLiteral, write)];
}

function readingOf(text: string, before: string): Reading {
  if (text.startsWith(".") && /[\w)\]]/.test(before)) {
    return { reason: "behind a dot stands a name, such as `channels`" };
  }
  const reading = readings.find(([form]) => form.test(text));
  return reading?.[1](text) ?? { reason: "a name cannot begin with a digit" };
}
