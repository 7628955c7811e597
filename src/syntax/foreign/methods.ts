/**
 * Layers that are reached through a module or a value: `nn.Conv2d(…)`, `F.relu(x)`, `x.view(-1, 400)`.
 * Here a layer is called by its name alone, and what flows in stands before an arrow. Each call is
 * read as it was meant, with the layer's name in this language.
 */
import type { IToken } from "chevrotain";
import * as t from "../../../grammar/tokens.ts";
import { problem } from "../../diagnostics/diagnostic.ts";
import type { Findings } from "../findings.ts";
import { closingBrackets } from "../holes.ts";
import { endOf, endsOperand, is, retag, tokenAt } from "../token.ts";
import { layerCalled } from "./layer-names.ts";

/** Modules through which the layers of PyTorch and Keras are reached. */
const MODULES: ReadonlySet<string> = new Set([
  "nn",
  "torch",
  "F",
  "tf",
  "keras",
  "layers",
  "torchvision",
]);

/** What a class calls itself; its layers are declared elsewhere. */
const OBJECTS: ReadonlySet<string> = new Set(["self", "this"]);

/** Tokens of `view(…)` that are looked at. */
const LONGEST_VIEW = 32;

export function mendMethods(
  tokens: readonly IToken[],
  _: string,
  findings: Findings,
): readonly IToken[] {
  if (!tokens.some(({ tokenType }) => tokenType === t.Dot)) return tokens;
  const closing = closingBrackets(tokens);
  const mended: IToken[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const chain = is(tokens[index - 1], t.Dot) ? 0 : lengthOfChain(tokens, index);
    if (chain > 0 && MODULES.has(tokens[index].image)) {
      const name = tokens[index + chain];
      // `ReLU` and `Flatten`; longer names are in the table.
      const written = layerCalled(name.image) ?? name.image.toLowerCase();
      const span = { file: findings.file, start: tokens[index].startOffset, end: endOf(name) };
      const what = problem("CNN1043", { name: written, module: tokens[index].image });
      findings.reportHabit(what, span, "write the layer's name alone", { span, text: written });
      mended.push(retag(name, t.Identifier, written));
      index += chain;
    } else if (chain > 0 && OBJECTS.has(tokens[index].image)) {
      const [object, name] = [tokens[index], tokens[index + chain]];
      const span = { file: findings.file, start: object.startOffset, end: endOf(name) };
      const what = problem("CNN1043", { name: name.image, object: object.image });
      findings.reportHabit(what, span, object.image);
      mended.push(tokenAt(t.Hole, "", span.start, span.end));
      index += chain;
    } else if (isMethod(tokens, index, closing)) {
      index = mendMethod(index);
    } else mended.push(tokens[index]);
  }
  return mended;

  /** @returns the index of the last token that was read */
  function mendMethod(dot: number): number {
    const name = tokens[dot + 1];
    const close = closing.get(dot + 2) ?? tokens.length;
    const flattens = isFlattening(tokens.slice(dot + 1, Math.min(close, dot + LONGEST_VIEW)));
    const written = flattens ? "flatten" : (layerCalled(name.image) ?? name.image);
    const start = tokens[dot].startOffset;
    const last = flattens && close < tokens.length ? tokens[close] : name;
    const span = { file: findings.file, start, end: endOf(last) };
    const what = problem("CNN1043", { name: written });
    const place = { ...span, start: name.startOffset, end: endOf(name) };
    const edit = { span, text: ` -> ${written}` };
    findings.reportHabit(what, place, "write `->`", edit);
    mended.push(tokenAt(t.Arrow, "->", start, start + 1), retag(name, t.Identifier, written));
    return flattens ? close : dot + 1;
  }
}

/** How many tokens `a.b.c(` has up to its last name, 0 where nothing of it is called. */
function lengthOfChain(tokens: readonly IToken[], index: number): number {
  let at = index;
  if (!is(tokens[at], t.Identifier)) return 0;
  while (is(tokens[at + 1], t.Dot) && is(tokens[at + 2], t.Identifier)) at += 2;
  return is(tokens[at + 1], t.CallParen) ? at - index : 0;
}

/** `x.relu(`, where an arrow in the dot's place takes the same value: not beside an operator. */
function isMethod(
  tokens: readonly IToken[],
  dot: number,
  closing: ReadonlyMap<number, number>,
): boolean {
  if (!is(tokens[dot], t.Dot) || !is(tokens[dot + 1], t.Identifier)) return false;
  if (!is(tokens[dot + 2], t.CallParen) || !endsOperand(tokens[dot - 1])) return false;
  const close = closing.get(dot + 2);
  const behind = close === undefined ? undefined : tokens.at(close + 1);
  return !is(behind, t.BinaryOperator) && !is(tokens[dot - 2], t.BinaryOperator, t.Dot);
}

/** `view(-1, 400)` and `reshape(x.size(0), -1)`: one vector for each image. */
function isFlattening([name, ...call]: readonly IToken[]): boolean {
  if (!["view", "reshape"].includes(name.image)) return false;
  const written = call.map(({ image }) => image).join("");
  return /^\((?:-1,[^,]+|\w+\.(?:size\(0\)|shape\[0\]),-1)$/.test(written);
}
