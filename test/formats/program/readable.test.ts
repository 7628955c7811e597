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

/** Its two forms: with 1×1 convolutions, and with linear layers between permutations. */
test.each([
  "layer_norm(channel) -> conv(4 * C, kernel: 1) -> gelu -> conv(C, kernel: 1)",
  "permute((0, 2, 3, 1)) -> layer_norm(-1) -> linear(4 * C, in_features: C) -> gelu -> linear(C, in_features: 4 * C) -> permute((0, 3, 1, 2))",
])("a block of ConvNeXt is called as in its paper: %s", async (layers) => {
  const { models } = check(`
    block Any(x: [N, C, H, W]) {
      let features = x -> depthwise(7, padding: 3) -> ${layers}
      features + x
    }
    model Net(image: [N, 8, 16, 16]) { image -> Any -> Any -> Any }
  `);
  const { text } = await writeProgram(anonymous(models[0].graph));
  expect(text).toContain("block ConvNeXtBlock(");
});
