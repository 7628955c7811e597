/** What throws, and its `try…` sibling that returns the mistakes: both say the same. */
import { describe, expect, test } from "vitest";
import * as library from "../../src/index.ts";

const { ProgramError } = library;

/** A kernel larger than its input. */
const WRONG = "model M(x: [N, 1, 4, 4]) { x -> conv(1, kernel: 5) }";
const UNFINISHED = "model M(x: [N, 4]) { x -> }";
const NO_MODEL = Uint8Array.of(1, 2, 3);

const pairs = {
  compile: [() => library.compile(WRONG), () => library.tryCompile(WRONG)],
  compileOnnx: [() => library.compileOnnx(NO_MODEL), () => library.tryCompileOnnx(NO_MODEL)],
  exportOnnx: [async () => library.exportOnnx(WRONG), () => library.tryExportOnnx(WRONG)],
  exportPytorch: [async () => library.exportPytorch(WRONG), () => library.tryExportPytorch(WRONG)],
  format: [() => library.format(UNFINISHED), () => library.tryFormat(UNFINISHED)],
  importOnnx: [() => library.importOnnx(NO_MODEL), () => library.tryImportOnnx(NO_MODEL)],
} as const;

test("none is left out", () => {
  const tries = Object.keys(library).filter((name) => name.startsWith("try"));
  const throwing = tries.map((name) => name.slice(3, 4).toLowerCase() + name.slice(4));
  expect(Object.keys(pairs).toSorted()).toEqual(throwing.toSorted());
});

describe.each(Object.entries(pairs))("%s", (_, [throwing, trying]) => {
  test("throws what its sibling returns", async () => {
    const tried: object = await trying();
    const thrown: unknown = await throwing().catch((error: unknown) => error);
    if (!(thrown instanceof ProgramError)) return expect.unreachable("it must throw");
    expect(thrown.diagnostics.length).toBeGreaterThan(0);
    expect(tried).toMatchObject({ diagnostics: thrown.diagnostics, sources: thrown.sources });
  });
});

test("a network's `prepareAt` throws what `tryPrepareAt` returns", async () => {
  const net = await library.compile("model M(x: [N, 1, H, 4]) { x -> max_pool(2) }");
  expect(net.prepareAt({ N: 1, H: 4 }).inputs.x.shape).toEqual([1, 1, 4, 4]);
  const { diagnostics } = net.tryPrepareAt({ N: 1, H: 1 });
  expect(diagnostics.length).toBeGreaterThan(0);
  expect(() => net.prepareAt({ N: 1, H: 1 })).toThrow(new ProgramError(diagnostics, net.sources));
  net.close();
});

test("what is right comes without a wrapping of mistakes", async () => {
  const program = "model M(x: [1, 4]) { x -> linear(2) }";
  const { model } = library.exportOnnx(program, { fresh: 1 });
  const { text } = await library.importOnnx(model);
  expect(text).toContain("linear(2)");
  expect(library.exportPytorch(program)).toContain("nn.Linear(4, 2)");
});
