/**
 * The programs in the documents: each `cnn` block is checked without a message and is in style, a
 * `cnn CODE` block gets that message, and the `text` block behind it is what `cnn check` says.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { check } from "../src/check/check.ts";
import { commands } from "../src/cli/commands.ts";
import { renderDiagnostics } from "../src/diagnostics/render.ts";
import { format } from "../src/editor/format.ts";
import * as library from "../src/index.ts";
import { exampleBytes, resolveExample } from "./examples/examples.ts";

interface Block {
  readonly document: string;
  readonly line: number;
  readonly info: string;
  readonly text: string;
}

const DOCUMENTS = [
  "README.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "docs/architecture.md",
  "docs/language.md",
  "docs/onnx.md",
  "docs/pytorch.md",
  "grammar/README.md",
];

function read(document: string): string {
  return readFileSync(join(import.meta.dirname, "..", document), "utf8");
}

const blocks = DOCUMENTS.flatMap((document): readonly Block[] => {
  const text = read(document);
  return [...text.matchAll(/^```(.*)\n([^]*?)^```$/gm)].map((match) => ({
    document,
    line: text.slice(0, match.index).split("\n").length,
    info: match[1],
    text: match[2],
  }));
});

/** What `cnn check` shows, without colours. */
function messages(name: string, text: string): string {
  const { diagnostics, sources } = check({ name, text }, { resolve: resolveExample });
  return renderDiagnostics(diagnostics, sources, { color: false });
}

describe("programs in documents", () => {
  const programs = blocks.filter(({ info }) => info === "cnn");

  test.each(programs)("$document:$line is right and in style", async ({ text }) => {
    expect(messages("model.cnn", text)).toBe("");
    expect(await format(text)).toBe(text);
  });

  test("are there", () => {
    expect(new Set(programs.map(({ document }) => document))).toEqual(
      new Set(["README.md", "CHANGELOG.md", "docs/language.md", "docs/onnx.md", "docs/pytorch.md"]),
    );
  });
});

describe("messages in documents", () => {
  const wrong = blocks.flatMap((block, i) =>
    /^cnn CNN\d{4}$/.test(block.info) ? [{ ...block, shown: blocks[i + 1] }] : [],
  );

  test.each(wrong)("$document:$line", ({ info, text, shown }) => {
    const found = messages("model.cnn", text);
    expect(found).toContain(info.slice("cnn ".length));
    expect(shown.info).toBe("text");
    expect(shown.text.trim()).toBe(found.trim());
  });

  test("README.md shows what its first program gets with another pool", () => {
    const [first, shown] = blocks.filter(
      ({ document, info }) => document === "README.md" && (info === "cnn" || info === "text"),
    );
    const text = first.text.replace("avg_pool(2)", "avg_pool(7)");
    expect(shown.text.trim()).toBe(messages("wrong.cnn", text).trim());
  });
});

test("README.md names every command, and no other", () => {
  const named = [...read("README.md").matchAll(/`cnn ([a-z]+)/g)].map(([, name]) => name);
  const known = commands.map(({ name }) => name);
  expect(new Set(named)).toEqual(new Set(known));
});

test("README.md's use of the library works as it stands", async () => {
  const code = blocks.find(
    ({ document, info, text }) =>
      document === "README.md" && info === "ts" && text.includes('from "cnn-lang"'),
  );
  const runnable = `${(code?.text ?? "").replace(/^import (.*) from "cnn-lang";$/m, "const $1 = library;")}
return { models, diagnostics, output };`;
  const AsyncFunction = async function empty() {}.constructor;
  const run = Reflect.construct(AsyncFunction, ["library", "text", "weights", "data", runnable]);
  const text = new TextDecoder().decode(exampleBytes("lenet5.cnn"));
  const weights = { name: "lenet5", bytes: exampleBytes("weights/lenet5.safetensors") };
  const { models, diagnostics, output } = await run(library, text, weights, new Float32Array(784));
  expect({ models: models.length, diagnostics }).toEqual({ models: 1, diagnostics: [] });
  expect(output.shape).toEqual([1, 10]);
});
