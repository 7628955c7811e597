/** Calls that types forbid, made without types: each is refused in words. */
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import * as library from "../../src/index.ts";

/** The library as JavaScript sees it: functions that take anything. */
const untyped: Readonly<Record<string, unknown>> = library;

async function call(name: string, ...given: readonly unknown[]): Promise<unknown> {
  const called = untyped[name];
  if (typeof called !== "function") throw new Error(`${name} is no function`);
  return await Reflect.apply(called, undefined, given);
}

const linear = "model M(x: [N, 2]) { x -> linear(1) }";
const half = "model Half(x: [N, 4]) { x * 0.5 }";

describe("what is no program, no weights, no model", () => {
  test.each<[string, readonly unknown[], string]>([
    ["compile", [], "the program is undefined: give its text, or { name, text }"],
    ["compile", [null], "the program is null: give its text, or { name, text }"],
    ["check", [5], "the program is a number: give its text, or { name, text }"],
    [
      "format",
      [Buffer.from(half)],
      "the program is an Uint8Array: give its text, or { name, text }",
    ],
    ["check", [{ text: half }], "the program is an Object: give its text, or { name, text }"],
    ["compile", [linear, { weights: "w.safetensors" }], "weights are a text: give a Uint8Array"],
    ["compile", [linear, { weights: null }], "weights are null: give a Uint8Array"],
    [
      "compile",
      [linear, { weights: new ArrayBuffer(8) }],
      "weights are an ArrayBuffer: give a Uint8Array, as `new Uint8Array(buffer)`",
    ],
    [
      "compile",
      [linear, { weights: { name: "w.npz", bytes: [1] } }],
      "w.npz are an Array: give a Uint8Array",
    ],
    ["compileOnnx", [], "the bytes of model.onnx are undefined: give a Uint8Array"],
    ["compileOnnx", ["model.onnx"], "the bytes of model.onnx are a text: give a Uint8Array"],
  ])("%s(%j)", async (name, given, words) => {
    await expect(call(name, ...given)).rejects.toThrow(new TypeError(words));
  });

  test("bytes of another realm are bytes", async () => {
    const weights: unknown = runInNewContext("new Uint8Array(3)");
    await expect(call("compile", linear, { weights })).rejects.toThrow("3 bytes, too few");
  });
});

describe("what is no target and no number of threads", () => {
  test.each<[Readonly<Record<string, unknown>>, string]>([
    [{ target: "wasn" }, 'target: wasn is neither "wasm" nor "reference"'],
    [{ target: null }, 'target: null is neither "wasm" nor "reference"'],
    [{ threads: 0 }, "threads: 0 is no whole number from 1 to 256"],
    [{ threads: NaN }, "threads: NaN is no whole number from 1 to 256"],
    [{ threads: 1.5 }, "threads: 1.5 is no whole number from 1 to 256"],
    [{ threads: 1e9 }, "threads: 1000000000 is no whole number from 1 to 256"],
  ])("%j", async (options, words) => {
    await expect(call("compile", half, options)).rejects.toThrow(words);
  });
});

test("the usual target takes options as if it had been named", async () => {
  const net = await library.compile(half, { target: library.wasmTarget, threads: 2 });
  expect(net.prepare({ x: [1, 4] }).threads).toBe(2);
  net.close();
});

describe("inputs without what makes an input", () => {
  test.each<[string, readonly unknown[], string]>([
    ["nothing", [], "CNN5030"],
    ["null", [null], "CNN5030"],
    ["an input that is null", [{ x: null }], "CNN5035"],
    ["a shape without data", [{ x: { shape: [1, 4] } }], "CNN5036"],
    ["a text as data", [{ x: { shape: [1, 4], data: "1234" } }], "CNN5035"],
    ["a buffer as data", [{ x: { shape: [1, 4], data: new ArrayBuffer(16) } }], "CNN5035"],
  ])("%s", async (_, given, code) => {
    const net = await library.compile(half);
    expect(() => Reflect.apply(net.run, net, given)).toThrow(code);
  });
});
