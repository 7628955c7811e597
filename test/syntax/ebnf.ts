/**
 * Reads the EBNF of `grammar/README.md` and says which texts it derives: slow and obvious, so that
 * the parser can be held against what the document says.
 */
import type { IToken } from "chevrotain";
import * as t from "../../grammar/tokens.ts";
import { is, isClosing } from "../../src/syntax/token.ts";

type Term =
  | { readonly kind: "sign"; readonly text: string }
  | { readonly kind: "rule"; readonly name: string }
  | { readonly kind: "sequence" | "choice"; readonly parts: readonly Term[] }
  | { readonly kind: "repeat"; readonly part: Term; readonly min: 0 | 1; readonly max: number };

export type Ebnf = ReadonlyMap<string, Term>;

/** Rules of characters, which the lexer reads. */
const LEXICAL = new Map([
  ["name", t.Identifier],
  ["int", t.IntLiteral],
  ["float", t.FloatLiteral],
  ["string", t.StringLiteral],
]);

/** @param markdown a document with one block of EBNF; its second part holds the lexical rules */
export function readEbnf(markdown: string): Ebnf {
  const block = /```ebnf\n([^]*?)```/.exec(markdown)?.[1] ?? "";
  const rules = new Map<string, Term>();
  for (const [, name, text] of block.matchAll(/^(\w+)\s+::= ([^]*?)(?=^\w+\s+::=|^$(?![^]))/gm)) {
    if (!LEXICAL.has(name) && name !== "comment") rules.set(name, new RuleReader(text).read());
  }
  return rules;
}

class RuleReader {
  private readonly words: string[];

  constructor(text: string) {
    this.words = text.match(/"[^"]+"|\w+|[()|*?+]/g) ?? [];
  }

  read(): Term {
    const term = this.choice();
    if (this.words.length > 0) throw new Error(`not EBNF: ${this.words.join(" ")}`);
    return term;
  }

  private choice(): Term {
    const parts = [this.sequence()];
    while (this.words[0] === "|") {
      this.words.shift();
      parts.push(this.sequence());
    }
    return parts.length === 1 ? parts[0] : { kind: "choice", parts };
  }

  private sequence(): Term {
    const parts: Term[] = [];
    while (this.words.length > 0 && this.words[0] !== "|" && this.words[0] !== ")") {
      parts.push(this.repeated());
    }
    return { kind: "sequence", parts };
  }

  private repeated(): Term {
    const part = this.atom();
    if (!["*", "?", "+"].includes(this.words[0])) return part;
    const mark = this.words.shift();
    return { kind: "repeat", part, min: mark === "+" ? 1 : 0, max: mark === "?" ? 1 : Infinity };
  }

  private atom(): Term {
    const word = this.words.shift() ?? "";
    if (word.startsWith('"')) return { kind: "sign", text: word.slice(1, -1) };
    if (word !== "(") return { kind: "rule", name: word };
    const inner = this.choice();
    this.words.shift();
    return inner;
  }
}

/** Whether the rule `program` derives exactly these tokens. */
export function derives(rules: Ebnf, tokens: readonly IToken[]): boolean {
  const known = new Map<string, ReadonlySet<number>>();

  function rule(name: string, from: number): ReadonlySet<number> {
    const key = `${name} ${from}`;
    const found = known.get(key) ?? ends(ruleOf(rules, name), from, name);
    known.set(key, found);
    return found;
  }

  /** Where a term may end that begins at a token. */
  function ends(term: Term, from: number, within: string): ReadonlySet<number> {
    switch (term.kind) {
      case "sign":
        return new Set(signFits(term.text, tokens.at(from), within) ? [from + 1] : []);
      case "rule": {
        const type = LEXICAL.get(term.name);
        if (type === undefined) return rule(term.name, from);
        return new Set(is(tokens.at(from), type) ? [from + 1] : []);
      }
      case "choice":
        return new Set(term.parts.flatMap((part) => [...ends(part, from, within)]));
      case "sequence":
        return term.parts.reduce<ReadonlySet<number>>(
          (starts, part) => new Set([...starts].flatMap((at) => [...ends(part, at, within)])),
          new Set([from]),
        );
      case "repeat": {
        let last = from;
        for (let i = 0; i < term.max; i++) {
          const next = Math.max(...ends(term.part, last, within));
          if (next <= last) return new Set(i < term.min ? [] : [last]);
          last = next;
        }
        return new Set([last]);
      }
      default:
        return term satisfies never;
    }
  }

  return rule("program", 0).has(tokens.length);
}

function ruleOf(rules: Ebnf, name: string): Term {
  const term = rules.get(name);
  if (term === undefined) throw new Error(`the EBNF has no rule ${name}`);
  return term;
}

/** The bracket of a call or an index touches what stands before it; that of a value does not. */
function signFits(text: string, token: IToken | undefined, within: string): boolean {
  if (token?.image !== text || is(token, t.StringLiteral)) return false;
  const touches = is(token, t.CallParen, t.IndexBracket);
  if (within === "call" || within === "suffix") return touches || text === "." || isClosing(token);
  return within !== "parentheses" && within !== "list" ? true : !touches;
}
