/**
 * Mistakes of syntax do not hide each other, nor what is wrong elsewhere: one mistake in each of
 * three items gives three messages, and an item without any is still checked.
 */
import { describe, expect, test } from "vitest";
import { check } from "../../src/check/check.ts";
import { positionOf } from "../../src/diagnostics/span.ts";
import { wordsOf } from "../../src/diagnostics/words.ts";

/** Right items, each on three lines, with one mistake that a person might make. */
const slips: readonly (readonly [what: string, code: string, middle: string])[] = [
  ["a missing comma", "CNN1040", "x -> conv(8 kernel: 3) -> relu"],
  ["a missing arrow", "CNN1030", "x -> conv(8, kernel: 3) relu"],
  ["another arrow", "CNN1010", "x => conv(8, kernel: 3) -> relu"],
  ["a parenthesis too few", "CNN1020", "x -> conv(8, kernel: 3 -> relu"],
  ["a parenthesis too many", "CNN1021", "x -> conv(8, kernel: 3)) -> relu"],
  ["another bracket", "CNN1022", "x -> conv(8, kernel: 3] -> relu"],
  ["an equals sign for a colon", "CNN1041", "x -> conv(8, kernel=3) -> relu"],
  ["an arrow at the end", "CNN1039", "x -> conv(8, kernel: 3) ->"],
  ["two arrows", "CNN1039", "x -> -> relu"],
  ["single quotes", "CNN1005", "x -> 'first': conv(8, kernel: 3)"],
  ["a text without end", "CNN1003", 'x -> "first: conv(8, kernel: 3)'],
  ["a space before the parenthesis", "CNN1023", "x -> conv (8, kernel: 3)"],
  ["a method", "CNN1043", "x -> relu.conv(8, kernel: 3)"],
  ["a character without meaning", "CNN1002", "x -> conv(8, kernel: 3) $ -> relu"],
  ["a number without digits", "CNN1006", "x -> leaky_relu(.1)"],
  ["a semicolon", "CNN1011", "x -> conv(8, kernel: 3);"],
  ["a let without its name", "CNN1001", "let = x -> relu  x"],
  ["a reserved word", "CNN1013", "let model = x -> relu  x"],
  ["a word of another language", "CNN1012", "return x -> relu"],
  ["an operator without its right side", "CNN1001", "x + -> relu"],
];

function item(kind: "block" | "model", name: string, middle: string): string {
  const parameter = kind === "block" ? "x" : "x: [N, 3, 32, 32]";
  return `${kind} ${name}(${parameter}) {\n  ${middle}\n}\n`;
}

/** `CNN1040 at 2`, errors alone. */
function errors(text: string): readonly string[] {
  const { diagnostics } = check({ name: "p.cnn", text }, { remedies: false });
  return diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ code, span }) => `${code} at ${positionOf(text, span.start).line}`);
}

describe("one mistake gives one message, and the item behind it is checked", () => {
  test.each(slips)("%s", (_, code, middle) => {
    const text = item("block", "First", middle) + item("model", "Last", "x -> rellu");
    expect(errors(text)).toEqual([`${code} at 2`, "CNN3001 at 5"]);
  });
});

test("three mistakes in three items give three messages, whichever they are", () => {
  for (const [i, first] of slips.entries()) {
    for (const [j, second] of slips.entries()) {
      if (i === j) continue;
      const third = slips[(i + j) % slips.length];
      if (third === first || third === second) continue;
      const text = [
        item("block", "First", first[2]),
        item("block", "Second", second[2]),
        item("block", "Third", third[2]),
        item("model", "Last", "x -> rellu"),
      ].join("");
      const expected = [first, second, third].map(([, code], k) => `${code} at ${3 * k + 2}`);
      expect({ text, found: errors(text) }).toEqual({
        text,
        found: [...expected, "CNN3001 at 11"],
      });
    }
  }
});

test("the words are a person's, not the parser's", () => {
  for (const [, , middle] of slips) {
    const text = item("block", "First", middle);
    for (const diagnostic of check({ name: "p.cnn", text }).diagnostics) {
      const { title, label, help } = wordsOf(diagnostic);
      const words = [title, label ?? "", ...help].join(" ");
      expect(words).not.toMatch(/token|EOF|Identifier|Literal|expecting|but found|undefined|-->/);
    }
  }
});
