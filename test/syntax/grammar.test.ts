/** The grammar is without ambiguities, and its EBNF in `grammar/README.md` says what the parser does. */
import { EOF, type IToken, createTokenInstance } from "chevrotain";
import * as fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { lookahead } from "../../grammar/generated/lookahead.ts";
import { CnnParser } from "../../grammar/parser.ts";
import { decisionKeys } from "../../grammar/prepared-parser.ts";
import { vocabulary } from "../../grammar/tokens.ts";
import { parse } from "../../src/syntax/parse.ts";
import { scan } from "../../src/syntax/scan.ts";
import { example, exampleNames } from "../examples/examples.ts";
import { programPieces } from "./arbitrary.ts";
import { derives, readEbnf } from "./ebnf.ts";

const README = join(import.meta.dirname, "../../grammar/README.md");
const rules = readEbnf(readFileSync(README, "utf8"));

const derivable = (text: string): boolean => derives(rules, scan(text).tokens);
const parses = (text: string): boolean => parse({ name: "", text }).diagnostics.length === 0;

test("Chevrotain finds no ambiguity in the grammar", () => {
  expect(() => new CnnParser({ validate: true })).not.toThrow();
});

/** Shows how a parser decides at one place of the grammar. */
class Deciding extends CnnParser {
  get decisions(): number {
    return this.lookAheadFuncsCache.flatMap((functions) => Object.keys(functions)).length;
  }

  /** For each of the pairs of next tokens: the alternative taken, or whether to go in. */
  decide(rule: string, key: number, pairs: readonly IToken[][]): readonly unknown[] {
    const decide = this.lookAheadFuncsCache[this.fullRuleNameToShort[rule]][key];
    return pairs.map((pair) => {
      this.input = pair;
      return decide.call(this);
    });
  }
}

describe("the prepared lookahead", () => {
  const prepared = new Deciding();
  const analysed = new Deciding({ analyse: true });
  const tokens = [...vocabulary, EOF].map((type) =>
    createTokenInstance(type, "", -1, -1, -1, -1, -1, -1),
  );
  const pairs = tokens.flatMap((first) => tokens.map((second) => [first, second]));

  test.each(Object.entries(lookahead))(
    "takes the branches of %s that Chevrotain takes",
    (rule, decisions) => {
      for (const [name, key] of decisionKeys) {
        if (decisions[name] === undefined) continue;
        const expected = analysed.decide(rule, key, pairs);
        expect(new Set(expected).size).toBeGreaterThan(1);
        expect({ name, taken: prepared.decide(rule, key, pairs) }).toEqual({
          name,
          taken: expected,
        });
      }
    },
  );

  test("has every decision of the grammar", () => {
    expect(prepared.decisions).toBe(analysed.decisions);
  });
});

describe("the EBNF", () => {
  test.each(exampleNames)("derives examples/%s.cnn", (name) => {
    expect(derivable(example(name).text)).toBe(true);
  });

  test("uses every one of its rules", () => {
    const used = JSON.stringify([...rules.values()]);
    for (const name of rules.keys()) {
      if (name !== "program") expect(used).toContain(`{"kind":"rule","name":"${name}"}`);
    }
  });

  test("derives what the parser reads", () => {
    fc.assert(
      fc.property(programPieces, (pieces) => {
        expect(derivable(pieces.join(" "))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  const words = fc.constantFrom(
    ..."not and or < == - + / -> : , . .. = @a x 1 (1,) f( ) ( { } [ ] let if else repeat in".split(
      " ",
    ),
  );
  /** Takes a piece out, or puts another in or in its place. */
  const changed = fc
    .tuple(
      programPieces,
      fc.array(fc.tuple(fc.nat(), fc.option(words), fc.nat(1)), { minLength: 1, maxLength: 3 }),
    )
    .map(([pieces, changes]) => {
      const text = [...pieces];
      for (const [at, word, removed] of changes) {
        text.splice(at % (text.length + 1), removed, ...(word === null ? [] : [word]));
      }
      return text.join(" ");
    });

  test("derives nothing else", () => {
    fc.assert(
      fc.property(changed, (text) => {
        expect({ text, is: derivable(text) }).toEqual({ text, is: parses(text) });
      }),
      { numRuns: 300 },
    );
  });
});
