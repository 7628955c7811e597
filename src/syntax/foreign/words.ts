/**
 * Words with which other languages say what this one says otherwise. All of them may be
 * names here, so each is only taken for a foreign word where a name could not stand.
 */
import type { IToken, TokenType } from "chevrotain";
import * as t from "../../../grammar/tokens.ts";
import {
  endOf,
  endsOperand,
  is,
  isClosing,
  isOpening,
  onOneLine,
  startsOperand,
} from "../token.ts";

export interface ForeignWord {
  /** As messages show it, where the word alone would not be understood. */
  readonly shown?: string;
  /** At the caret. */
  readonly advice: string;
  /** What takes its place in the text; absent where nobody can know. */
  readonly write?: string;
  /** What the parser reads in its place. */
  readonly instead: readonly TokenType[];
  /** How far it reaches, where what follows means nothing without it. */
  readonly upTo?: "the next word" | "the end of the part" | "the end of the line";
}

interface Neighbours {
  readonly before: IToken | undefined;
  readonly next: IToken;
  readonly afterNext: IToken | undefined;
  /** Nothing stands before the word on its line. */
  readonly beginsLine: boolean;
  /** The next token is on the same line. */
  readonly isNear: boolean;
  /** Nothing stands between them. */
  readonly touches: boolean;
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
    ["for"],
    ({ before, beginsLine }) => endsOperand(before) && !beginsLine,
    {
      advice: "layers are repeated by `repeat 3 { … }`",
      instead: [t.Comma, t.Hole],
      upTo: "the end of the part",
    },
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
    ["network", "net", "Network", "Net", "Model", "MODEL"],
    (neighbours) => declares(neighbours),
    { advice: "write `model`", write: "model", instead: [t.Model] },
  ],
  [
    ["Block", "BLOCK"],
    (neighbours) => declares(neighbours),
    { advice: "write `block`", write: "block", instead: [t.Block] },
  ],
  [
    ["Train", "TRAIN"],
    ({ next, afterNext, beginsLine }) =>
      beginsLine && is(next, t.Identifier) && is(afterNext, t.LeftBrace),
    { advice: "write `train`", write: "train", instead: [t.Train] },
  ],
  [
    ["Let", "LET"],
    ({ next, afterNext }) => is(next, t.Identifier) && is(afterNext, t.Equals),
    { advice: "write `let`", write: "let", instead: [t.Let] },
  ],
  [
    ["def", "fn", "func", "fun", "function", "class", "layer", "module"],
    (neighbours) => declares(neighbours),
    {
      advice: "write `block`, or `model` for a network that can be run",
      write: "block",
      instead: [t.Block],
    },
  ],
  [
    ["lambda"],
    ({ next, isNear }) => isNear && is(next, t.Identifier, t.Colon),
    {
      advice: "a layer needs no function around it: `relu`, or a `block`",
      instead: [t.Hole],
      upTo: "the end of the part",
    },
  ],
  [
    ["print"],
    ({ before, next, beginsLine }) =>
      beginsLine && is(next, t.CallParen, t.StringLiteral) && !awaitsOperand(before),
    {
      advice: "`cnn summary` shows the shape behind every layer",
      write: "",
      instead: [],
      upTo: "the end of the line",
    },
  ],
  [
    ["assert"],
    ({ before, next, beginsLine, isNear }) =>
      beginsLine && isNear && startsOperand(next) && !awaitsOperand(before),
    {
      advice: "a shape is checked where it stands as a step: `-> [N, 64, 8, 8] ->`",
      write: "",
      instead: [],
      upTo: "the end of the line",
    },
  ],
  [
    ["export"],
    ({ next }) => is(next, t.Model, t.Block, t.Const),
    { advice: "other files can import every item", write: "", instead: [] },
  ],
  [
    ["f"],
    ({ touches, next }) => touches && is(next, t.StringLiteral),
    {
      shown: 'f"…"',
      advice: "labels are fixed texts; a labelled `repeat` numbers its rounds",
      instead: [],
    },
  ],
  [
    ["is"],
    ({ before, next, isNear }) => isNear && endsOperand(before) && is(next, t.Not),
    { advice: "write `!=`", write: "!=", instead: [t.NotEqual], upTo: "the next word" },
  ],
  [
    ["is"],
    ({ before, next, isNear }) => isNear && endsOperand(before) && startsOperand(next),
    { advice: "write `==`", write: "==", instead: [t.EqualEqual] },
  ],
  [
    ["None", "null", "undefined"],
    ({ before, next }) => isValue(before, next),
    {
      advice: "every value is something; a layer that does nothing is `identity`",
      instead: [t.Hole],
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

const byWord = Map.groupBy(
  rules.flatMap((rule) => rule[0].map((word) => ({ word, rule }))),
  ({ word }) => word,
);

/** A word, a name and parameters. */
function declares({ next, afterNext, beginsLine, isNear }: Neighbours): boolean {
  return beginsLine && isNear && is(next, t.Identifier) && is(afterNext, t.LeftParen);
}

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
  const known = byWord.get(tokens[index].image);
  const next = tokens.at(index + 1);
  if (known === undefined || next === undefined) return undefined;
  const before = index === 0 ? undefined : tokens[index - 1];
  const beginsLine = before === undefined || !onOneLine(text, before, tokens[index]);
  const isNear = onOneLine(text, tokens[index], next);
  const touches = endOf(tokens[index]) === next.startOffset;
  const afterNext = tokens.at(index + 2);
  const neighbours = { before, next, afterNext, beginsLine, isNear, touches };
  return known.find(({ rule: [, applies] }) => applies(neighbours))?.rule[2];
}

/** The index behind the last token that belongs to the word. */
export function endOfForeign(
  { upTo }: ForeignWord,
  tokens: readonly IToken[],
  index: number,
  text: string,
): number {
  if (upTo === undefined) return index + 1;
  if (upTo === "the next word") return index + 2;
  let depth = 0;
  for (let i = index + 1; i < tokens.length; i++) {
    const token = tokens[i];
    if (depth === 0 && (isClosing(token) || !onOneLine(text, tokens[i - 1], token))) return i;
    if (depth === 0 && upTo === "the end of the part" && is(token, t.Comma)) return i;
    if (isOpening(token)) depth++;
    if (isClosing(token)) depth--;
  }
  return tokens.length;
}

/** Whether a value must follow, so that a word on the next line is one. */
function awaitsOperand(before: IToken | undefined): boolean {
  return !endsOperand(before) && !is(before, t.LeftBrace, t.RightBrace);
}
