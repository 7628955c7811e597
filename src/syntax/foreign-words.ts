/**
 * Words with which other languages say what this one says otherwise. All of them may be
 * names here, so each is only taken for a foreign word where a name could not stand.
 */
import type { IToken, TokenType } from "chevrotain";
import * as t from "../../grammar/tokens.ts";
import { is, onOneLine, startsOperand } from "./token.ts";

export interface ForeignWord {
  /** At the caret. */
  readonly advice: string;
  /** What takes its place in the text. */
  readonly write: string;
  /** What the parser reads in its place. */
  readonly instead: readonly TokenType[];
}

interface Neighbours {
  readonly before: IToken | undefined;
  readonly next: IToken;
  readonly afterNext: IToken | undefined;
  /** Nothing stands before the word on its line. */
  readonly beginsLine: boolean;
  /** The next token is on the same line. */
  readonly isNear: boolean;
}

type Rule = readonly [
  words: readonly string[],
  applies: (neighbours: Neighbours) => boolean,
  word: ForeignWord,
];

const rules: readonly Rule[] = [
  [
    ["return", "yield"],
    ({ next, isNear }) => isNear && startsOperand(next),
    { advice: "a body's last expression is its result", write: "", instead: [] },
  ],
  [
    ["var", "val", "auto", "mut"],
    ({ next, afterNext }) => is(next, t.Identifier) && is(afterNext, t.Equals),
    { advice: "write `let`", write: "let", instead: [t.Let] },
  ],
  [
    ["for", "foreach"],
    ({ next, afterNext }) => is(next, t.Identifier) && is(afterNext, t.In),
    { advice: "write `repeat`, as in `repeat i in 0..n`", write: "repeat", instead: [t.Repeat] },
  ],
  [
    ["while", "loop"],
    ({ next, isNear }) => isNear && startsOperand(next),
    {
      advice: "`repeat n { … }` repeats a fixed number of times",
      write: "repeat",
      instead: [t.Repeat],
    },
  ],
  [
    ["elif", "elsif", "elseif"],
    ({ next, isNear }) => isNear && startsOperand(next),
    { advice: "write `else if`", write: "else if", instead: [t.Else, t.If] },
  ],
  [
    ["def", "fn", "func", "fun", "function", "class", "layer", "module", "network", "net"],
    ({ next, afterNext, beginsLine, isNear }) =>
      beginsLine && isNear && is(next, t.Identifier) && is(afterNext, t.LeftParen),
    {
      advice: "write `block`, or `model` for a network that can be run",
      write: "block",
      instead: [t.Block],
    },
  ],
  [
    ["True", "TRUE"],
    ({ before, next }) => isValue(before, next),
    { advice: "write `true`", write: "true", instead: [t.True] },
  ],
  [
    ["False", "FALSE"],
    ({ before, next }) => isValue(before, next),
    { advice: "write `false`", write: "false", instead: [t.False] },
  ],
];

const byWord = new Map(rules.flatMap((rule) => rule[0].map((word) => [word, rule])));

function isValue(before: IToken | undefined, next: IToken): boolean {
  return (
    !is(before, t.Dot, t.Let, t.Const, t.Model, t.Block, t.Train) &&
    !is(next, t.Colon, t.Equals, t.LeftParen)
  );
}

/** Whether a token may be a foreign word; its neighbours decide. */
export function isForeignWord(token: IToken): boolean {
  return token.tokenType === t.Identifier && byWord.has(token.image);
}

export function foreignWord(
  tokens: readonly IToken[],
  index: number,
  text: string,
): ForeignWord | undefined {
  const rule = byWord.get(tokens[index].image);
  const next = tokens.at(index + 1);
  if (rule === undefined || next === undefined) return undefined;
  const [, applies, word] = rule;
  const before = index === 0 ? undefined : tokens[index - 1];
  const beginsLine = before === undefined || !onOneLine(text, before, tokens[index]);
  const isNear = onOneLine(text, tokens[index], next);
  const neighbours = { before, next, afterNext: tokens.at(index + 2), beginsLine, isNear };
  return applies(neighbours) ? word : undefined;
}
