/**
 * Python in a file of programs: a class of PyTorch, a model of Keras. It is taken out before
 * anything else reads it, and named once, since no word of it would be right here.
 */
import type { IToken } from "chevrotain";
import * as mistakes from "../../../grammar/mistakes.ts";
import { problem } from "../../diagnostics/diagnostic.ts";
import type { Findings } from "../findings.ts";
import { endOf, is, isClosing, isOpening, onOneLine } from "../token.ts";

/** What a statement of Python begins with that no program of this language has. */
const STATEMENT = new RegExp(
  [
    /import\s+[A-Za-z_][\w.]*(?:\s+as\s+\w+)?(?:\s*,\s*[\w.]+(?:\s+as\s+\w+)?)*\s*(?:#.*)?$/,
    /from\s+[\w.]+\s+import\s+[\w(*]/,
    /class\s+\w+\s*(?:\([^{}\n]*\))?\s*:/,
    /(?:async\s+)?def\s+\w+\s*\([^{}]{0,2000}?\)\s*(?:->[^\n:{}]+)?:/,
    /\w+(?:\.\w+)*\s*=\s*(?:nn|torch|torchvision|keras|tf|layers|models|Sequential|Input|Model)\s*[.(]/,
    /\w+\.(?:add|compile|fit|summary|build)\s*\(/,
    /if\s+__name__\b/,
  ]
    .map(({ source }) => `(?:${source})`)
    .join("|"),
  "my",
);

/** A line that goes on in this language; an indented one is a decorator's. */
const ITEM = /(?<=^|\n)(?:@\w|(?:model|block|train|const)\s+\w|import\s*\{)/y;

export function leaveOutPython(
  tokens: readonly IToken[],
  text: string,
  findings: Findings,
): readonly IToken[] {
  const kept: IToken[] = [];
  const left: { readonly from: IToken; to: IToken }[] = [];
  let depth = 0;
  let isPython = false;
  tokens.forEach((token, index) => {
    const beginsLine = index === 0 || !onOneLine(text, tokens[index - 1], token);
    if (beginsLine && isPython && matchesAt(ITEM, text, token)) {
      isPython = false;
      depth = 0;
    }
    if (beginsLine && !isPython && depth === 0 && matchesAt(STATEMENT, text, token)) {
      isPython = true;
      const first = withComments(kept) ?? token;
      left.push({ from: first, to: token });
    }
    if (isPython) {
      left[left.length - 1].to = token;
      return;
    }
    if (isOpening(token)) depth++;
    else if (isClosing(token) && depth > 0) depth--;
    kept.push(token);
  });
  if (left.length > 0) report(left, text, findings);
  return kept;
}

/** The comments of Python at the end of what was kept go with the statement below them. */
function withComments(kept: IToken[]): IToken | undefined {
  let first: IToken | undefined;
  while (is(kept.at(-1), mistakes.HashComment, mistakes.TripleQuoted)) first = kept.pop();
  return first;
}

function report(
  left: readonly { readonly from: IToken; readonly to: IToken }[],
  text: string,
  findings: Findings,
): void {
  const stretches = left.map(({ from, to }) => ({
    file: findings.file,
    start: from.startOffset,
    end: endOf(to),
  }));
  const lines = stretches
    .map(({ start, end }) => text.slice(start, end).split("\n").length)
    .reduce((sum, count) => sum + count, 0);
  const [first] = stretches;
  const lineEnd = /\r?\n|$/.exec(text.slice(first.start))?.index ?? 0;
  const head = { ...first, end: Math.min(first.end, first.start + lineEnd) };
  findings.report(problem("CNN1014", { lines }), head);
  for (const stretch of stretches) findings.silence(stretch);
}

function matchesAt(pattern: RegExp, text: string, { startOffset }: IToken): boolean {
  pattern.lastIndex = startOffset;
  return pattern.test(text);
}
