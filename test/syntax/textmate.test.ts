/**
 * The TextMate grammar, run by the engine of VS Code: every token of the examples gets the colour
 * of what the lexer and the parser take it for, and nothing else gets one.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { IToken } from "chevrotain";
import { describe, expect, test } from "vitest";
import oniguruma from "vscode-oniguruma";
import textmate from "vscode-textmate";
import * as t from "../../grammar/tokens.ts";
import { scan } from "../../src/syntax/scan.ts";
import { is } from "../../src/syntax/token.ts";
import { example, exampleNames } from "../examples/examples.ts";

const GRAMMAR = join(import.meta.dirname, "../../grammar/cnn.tmLanguage.json");

async function loadGrammar(): Promise<textmate.IGrammar> {
  const wasm = createRequire(import.meta.url).resolve("vscode-oniguruma/release/onig.wasm");
  await oniguruma.loadWASM(readFileSync(wasm));
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (sources) => new oniguruma.OnigScanner(sources),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => textmate.parseRawGrammar(readFileSync(GRAMMAR, "utf8"), GRAMMAR),
  });
  const grammar = await registry.loadGrammar("source.cnn");
  if (grammar === null) throw new Error("there is no grammar for source.cnn");
  return grammar;
}

const grammar = await loadGrammar();

/** The innermost scope of every character; line breaks have none. */
function scopesOf(text: string): readonly (string | undefined)[] {
  const scopes: (string | undefined)[] = [];
  let state = textmate.INITIAL;
  for (const line of text.split("\n")) {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    for (const { startIndex, endIndex, scopes: own } of tokens) {
      const length = Math.min(endIndex, line.length) - startIndex;
      const [, ...inner] = own;
      for (let i = 0; i < length; i++) scopes.push(inner.at(-1));
    }
    scopes.push(undefined);
    state = ruleStack;
  }
  return scopes;
}

/** `word: scope`, for all tokens and comments that have the text. */
function scopesIn(text: string, word: string): readonly (string | undefined)[] {
  const { tokens, comments } = scan(text);
  const scopes = scopesOf(text);
  return [...tokens, ...comments]
    .filter(({ image }) => image === word)
    .map(({ startOffset }) => scopes[startOffset]);
}

function expected(token: IToken): RegExp {
  if (is(token, t.StringLiteral)) return /^string|escape/;
  if (is(token, t.FloatLiteral)) return /^constant\.numeric\.float/;
  if (is(token, t.IntLiteral)) return /^constant\.numeric\.integer/;
  if (is(token, t.True, t.False)) return /^constant\.language/;
  if (is(token, t.Model, t.Block, t.Train, t.Const, t.Let)) return /^storage\.type/;
  if (is(token, t.And, t.Or, t.Not)) return /^keyword\.operator\.logical/;
  if (is(token, t.Import, t.If, t.Else, t.Repeat, t.In, t.Where)) return /^keyword\.control/;
  if (is(token, t.Arrow)) return /^keyword\.operator\.arrow/;
  if (is(token, t.BinaryOperator)) return /^keyword\.operator/;
  if (is(token, t.Identifier)) return /^(entity|variable|support|storage|keyword\.control\.import)/;
  return /^(punctuation|keyword\.operator)/;
}

describe("the TextMate grammar colours every token", () => {
  test.each(exampleNames)("of examples/%s.cnn", (name) => {
    const { text } = example(name);
    const scopes = scopesOf(text);
    const coloured = new Set<number>();
    const { tokens, comments } = scan(text);
    for (const token of [...tokens, ...comments]) {
      const { image, startOffset } = token;
      const wanted = comments.includes(token) ? /^comment/ : expected(token);
      for (let at = startOffset; at < startOffset + image.length; at++) {
        coloured.add(at);
        if (!wanted.test(scopes[at] ?? "")) expect({ image, scope: scopes[at] }).toEqual(wanted);
      }
    }
    const stray = [...scopes.keys()].filter((at) => !coloured.has(at) && /\S/.test(text[at] ?? ""));
    expect(stray).toEqual([]);
  });
});

describe("names have the colour of their role", () => {
  const text = `import { Residual as Block } from "./r.cnn"
/// documents
@labels("a\\n")
model Net(image: [N, 3, H, W], out: int = 2) -> [N, 10] where H % 2 == 0 {
  let skip = image.channels
  image -> stem: conv(8, kernel: 3) -> relu -> skip
}`;

  test.each([
    ["Net", ["entity.name.type.cnn"]],
    ["Residual", ["entity.name.type.cnn"]],
    ["as", ["keyword.control.import.cnn"]],
    ["labels", ["storage.type.annotation.cnn"]],
    ["conv", ["entity.name.function.cnn"]],
    ["relu", ["entity.name.function.cnn"]],
    ["stem", ["entity.name.tag.cnn"]],
    ["kernel", ["entity.name.tag.cnn"]],
    ["channels", ["variable.other.property.cnn"]],
    ["int", ["support.type.cnn"]],
    ["/// documents", ["comment.line.documentation.cnn"]],
    ["skip", ["variable.other.constant.cnn", "entity.name.function.cnn"]],
  ])("%s", (word, scopes) => {
    expect(scopesIn(text, word)).toEqual(scopes);
  });

  test("an open text ends with its line, an open comment does not", () => {
    expect(scopesOf('"open\nmodel M').at(-1)).toBeUndefined();
    expect(scopesOf('"open\nmodel M').at(6)).toBe("storage.type.cnn");
    expect(scopesOf("/* open\nmodel M").at(8)).toBe("comment.block.cnn");
  });
});
