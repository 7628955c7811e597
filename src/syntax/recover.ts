/**
 * Runs the parser over a whole file, and goes on after mistakes. Each mistake is explained
 * once and mended in the token list, with what was meant or with a hole in the smallest
 * step, argument or binding that surrounds it; then the item is read again. Chevrotain's own
 * recovery skips tokens without regard to brackets, which costs the rest of a body.
 */
import type { CstNode, IToken } from "chevrotain";
import type { ItemCstNode, ProgramCstNode } from "../../grammar/generated/cst.ts";
import { CnnParser } from "../../grammar/parser.ts";
import * as t from "../../grammar/tokens.ts";
import { InternalFault } from "../diagnostics/diagnostic.ts";
import { type Explanation, type Fault, spanOfFault } from "./explain/fault.ts";
import { explain } from "./explain/index.ts";
import type { Findings } from "./findings.ts";
import { applyEdit, fillEnclosing, removeToken } from "./holes.ts";
import { itemStarts } from "./item-starts.ts";
import { endOf, is } from "./token.ts";

export interface Recovered {
  readonly items: readonly ItemCstNode[];
  /** Names that items declare of which nothing else could be read. */
  readonly unread: readonly IToken[];
}

/** Bounds the work on files that are one mistake after the other: about two seconds. */
const MOST_TOKENS_READ_AGAIN = 2_000_000;

/** Made on first use: a program that only imports the library does not pay for it. */
let parser: CnnParser | undefined;

export function parseTokens(
  tokens: readonly IToken[],
  text: string,
  findings: Findings,
): Recovered {
  parser ??= new CnnParser();
  parser.input = [...tokens];
  const program = parser.program();
  if (parser.errors.length > 0) return new Recovery(parser, text, findings).read(tokens);
  if (!isProgram(program)) throw new InternalFault("the rule `program` makes a program");
  return { items: program.children.item ?? [], unread: [] };
}

function isProgram(node: CstNode): node is ProgramCstNode {
  return node.name === "program";
}

function isItem(node: CstNode | undefined): node is ItemCstNode {
  return node?.name === "item";
}

/** How far one attempt at an item came: `rest` are tokens behind a complete one. */
type Attempt =
  { readonly item: ItemCstNode; readonly rest: readonly IToken[] } | { readonly fault: Fault };

class Recovery {
  private readonly parser: CnnParser;
  private readonly text: string;
  private readonly findings: Findings;
  private readonly items: ItemCstNode[] = [];
  private readonly unread: IToken[] = [];
  private budget = MOST_TOKENS_READ_AGAIN;

  constructor(cnnParser: CnnParser, text: string, findings: Findings) {
    this.parser = cnnParser;
    this.text = text;
    this.findings = findings;
  }

  read(tokens: readonly IToken[]): Recovered {
    const starts = itemStarts(tokens);
    for (const [i, from] of starts.entries()) {
      if (this.findings.hasOverflowed) {
        this.leaveOut(tokens.slice(from));
        break;
      }
      const to = starts.at(i + 1);
      this.readItems(tokens.slice(from, to), to === undefined ? undefined : tokens[to]);
    }
    return { items: this.items, unread: this.unread };
  }

  /** Reads one item and what follows it; tokens that begin no item are reported and left out. */
  private readItems(tokens: readonly IToken[], behind: IToken | undefined): void {
    let current = tokens;
    let left = Infinity;
    /** How many mends in a row did not bring the parser further. */
    let stuck = 0;
    while (current.length > 0) {
      this.budget -= current.length;
      const attempt = this.attempt(current, behind);
      if ("item" in attempt) {
        this.items.push(attempt.item);
        current = attempt.rest;
        left = Infinity;
        stuck = 0;
        continue;
      }
      const { fault } = attempt;
      const remaining = current.length - fault.index;
      stuck = remaining < left ? 0 : stuck + 1;
      left = Math.min(left, remaining);
      const explanation = explain(fault);
      if (stuck === 0) this.report(fault, explanation);
      const mend = [explanation.edit, removeToken(fault), fillEnclosing(fault)].at(stuck);
      if (mend === undefined || this.budget < 0) {
        this.leaveOut(current);
        return;
      }
      this.leaveOut(current.slice(mend.from, mend.to));
      current = applyEdit(mend, current);
    }
  }

  private attempt(tokens: readonly IToken[], behind: IToken | undefined): Attempt {
    this.parser.input = [...tokens];
    const item = this.parser.item();
    const [error] = this.parser.errors;
    if (error === undefined) {
      if (!isItem(item)) throw new InternalFault("the rule `item` makes an item");
      return { item, rest: [] };
    }
    const at = tokens.indexOf(error.token);
    const index = at < 0 ? tokens.length : at;
    if (error.name === "NotAllInputParsedException" && isItem(item)) {
      return { item, rest: tokens.slice(index) };
    }
    const stack = error.context.ruleStack;
    const fault: Fault = {
      tokens,
      index,
      token: tokens.at(index),
      before: index === 0 ? undefined : tokens[index - 1],
      next: tokens.at(index + 1),
      behind,
      expected: error.message,
      stack,
      rule: stack.at(-1) ?? "item",
      text: this.text,
      file: this.findings.file,
    };
    return { fault };
  }

  private report(fault: Fault, { problem, span, isHabit, related, help, fix }: Explanation): void {
    const place = spanOfFault(fault);
    const start = fault.before === undefined ? place.start : endOf(fault.before);
    if (this.findings.isSpokenOf(start, place.end)) return;
    const edit = fix?.edits[0];
    if (isHabit === true && fix !== undefined && edit !== undefined) {
      this.findings.reportHabit(problem, span, fix.title, edit);
    } else {
      this.findings.report(problem, span, { related: related ?? [], help: help ?? [], fix });
    }
  }

  /** What these tokens would have declared is known by name alone. */
  private leaveOut(tokens: readonly IToken[]): void {
    for (const [at, name] of tokens.entries()) {
      const declares = at > 0 && is(tokens[at - 1], t.Model, t.Block, t.Const);
      if (declares && is(name, t.Identifier)) this.unread.push(name);
    }
  }
}
