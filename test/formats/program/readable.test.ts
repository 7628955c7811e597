/**
 * Written programs as people would have written them: read them in `written/`. Their hand-written
 * counterparts are the examples.
 */
import { describe, expect, test } from "vitest";
import { check } from "../../../src/check/check.ts";
import { writeProgram } from "../../../src/formats/program/write-program.ts";
import type { Graph } from "../../../src/graph/graph.ts";
import { example, exampleNames, resolveExample } from "../../examples/examples.ts";
import { anonymous } from "./anonymous.ts";

function graphOf(name: string): Graph {
  const [{ graph }] = check(example(name), { resolve: resolveExample, remedies: false }).models;
  return graph;
}

/** Without comments, blank lines and what trains the model. */
function codeLines(text: string): number {
  const [code] = text.split(/^train /m);
  return code.split("\n").filter((line) => !/^\s*(\/\/.*)?$/.test(line)).length;
}

/** The lines of an example and of what it imports. */
function linesOf(name: string): number {
  const { sources } = check(example(name), { resolve: resolveExample, remedies: false });
  return sources.reduce((sum, { text }) => sum + codeLines(text), 0);
}

describe("from named layers", () => {
  test.each(exampleNames)("%s is about as long as by hand", async (name) => {
    const { text } = await writeProgram(graphOf(name));
    await expect(text).toMatchFileSnapshot(`written/${name}.cnn`);
    expect(codeLines(text)).toBeLessThanOrEqual(1.5 * linesOf(name));
  });
});

describe("from layers without names", () => {
  const names = ["resnet18", "mobilenet-v2", "squeezenet", "densenet", "googlenet", "unet"];

  test.each(names)("%s is less than twice as long as by hand", async (name) => {
    const { text, outline } = await writeProgram(anonymous(graphOf(name)));
    expect(outline).toBe("blocks");
    await expect(text).toMatchFileSnapshot(`written/anonymous-${name}.cnn`);
    expect(codeLines(text)).toBeLessThanOrEqual(2 * linesOf(name));
  });
});
