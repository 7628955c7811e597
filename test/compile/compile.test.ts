/** `compile` and the network it returns: values that are right, and mistakes that are named. */
import { describe, expect, test } from "vitest";
import { ProgramError } from "../../src/diagnostics/program-error.ts";
import { type CompileOptions, compile, tryCompile } from "../../src/compile.ts";
import { type StoredArray, fromTensor } from "../../src/formats/tensors/stored-array.ts";
import { writeNpz } from "../../src/formats/tensors/npz.ts";
import { joinBytes } from "../../src/formats/join-bytes.ts";
import { safetensorsParts } from "../../src/formats/tensors/safetensors.ts";
import { tensor } from "../../src/graph/tensor.ts";
import { type Target, referenceTarget } from "../../src/runtime/target.ts";

/** y = 2·a + 3·b - 1 at every pixel. */
const text = `@labels("only")
model Sum(x: [N, 2, H, W]) -> [N, 1, H, W] {
  x -> mix: conv(1, kernel: 1)
}`;

const arrays: ReadonlyMap<string, StoredArray> = new Map([
  ["mix.weight", fromTensor(tensor([1, 2, 1, 1], [2, 3]))],
  ["mix.bias", fromTensor(tensor([1], [-1]))],
]);
const weights = { name: "sum.safetensors", arrays };

/** [1, 2, 1, 2]: a = (1, 2), b = (10, 20). */
const x = { shape: [1, 2, 1, 2], data: [1, 2, 10, 20] };

describe("a network", () => {
  test("computes", async () => {
    const net = await compile(text, { weights });
    expect(net.run({ x })).toEqual({
      output: { shape: [1, 1, 1, 2], data: Float32Array.of(31, 63) },
    });
  });

  test("knows its name, inputs, outputs and labels", async () => {
    const net = await compile(text, { weights });
    expect(net.name).toBe("Sum");
    expect(net.inputs.map(({ name, shape }) => [name, shape[1]])).toEqual([["x", 2]]);
    expect(net.outputs.map(({ name, shape }) => [name, shape[1]])).toEqual([["output", 1]]);
    expect(net.labels).toEqual(["only"]);
  });

  test("takes the bytes of either format", async () => {
    for (const bytes of [joinBytes(safetensorsParts(arrays)), writeNpz(arrays)]) {
      const net = await compile(text, { weights: bytes });
      expect(net.run({ x }).output.data).toEqual(Float32Array.of(31, 63));
    }
  });

  test("needs no weights where its layers have none", async () => {
    const net = await compile("model Half(x: [N, 4]) { x * 0.5 }");
    const { output } = net.run({ x: { shape: [1, 4], data: [2, 4, -6, 1] } });
    expect([...output.data]).toEqual([1, 2, -3, 0.5]);
  });

  test("prepares each size once", async () => {
    const prepared: unknown[] = [];
    const target: Target = {
      name: "counting",
      prepare: (graph, bound) => {
        prepared.push(graph.values[0].type.shape);
        return referenceTarget.prepare(graph, bound);
      },
      close: () => undefined,
    };
    const net = await compile(text, { weights, target });
    const wide = { shape: [1, 2, 1, 3], data: [1, 2, 3, 4, 5, 6] };
    for (const input of [x, wide, x, wide]) net.run({ x: input });
    expect(prepared).toEqual([x.shape, wide.shape]);
  });
});

describe("mistakes are values", () => {
  test.each<{ mistake: string; text: string; options: CompileOptions; codes: string[] }>([
    {
      mistake: "an error of the program",
      text: "model M(x: [N, 2, 3, 3]) { x -> conv(1, kernel: 5) }",
      options: {},
      codes: ["CNN2003"],
    },
    { mistake: "a file without a model", text: "const A = 1", options: {}, codes: ["CNN5050"] },
    {
      mistake: "two models and no choice",
      text: "model A(x: [N, 1]) { x * 2 }\nmodel B(x: [N, 1]) { x * 3 }",
      options: {},
      codes: ["CNN5050"],
    },
    { mistake: "another model's name", text, options: { model: "Sun" }, codes: ["CNN5050"] },
    { mistake: "no weights", text, options: {}, codes: ["CNN5051"] },
    {
      mistake: "a broken file",
      text,
      options: { weights: Uint8Array.of(1, 2, 3) },
      codes: ["CNN5002"],
    },
    {
      mistake: "a weight too few",
      text,
      options: { weights: { name: "w", arrays: new Map([...arrays].slice(0, 1)) } },
      codes: ["CNN5010"],
    },
  ])("$mistake", async ({ text: source, options, codes }) => {
    const compiled = await tryCompile(source, options);
    if (compiled.net !== undefined) expect.unreachable("this must not compile");
    const errors = compiled.diagnostics.filter(({ severity }) => severity === "error");
    expect(errors.map(({ code }) => code)).toEqual(codes);
  });

  test("inputs that are missing, unknown, of another shape", async () => {
    const net = await compile(text, { weights });
    const codesOf = (inputs: Parameters<typeof net.run>[0]): unknown => {
      const ran = net.tryRun(inputs);
      return ran.outputs ?? ran.diagnostics.map(({ code }) => code);
    };
    expect(codesOf({})).toEqual(["CNN5030"]);
    expect(codesOf({ x, y: x })).toEqual(["CNN5031"]);
    expect(codesOf({ x: { shape: [1, 1, 1, 2], data: [1, 2] } })).toEqual(["CNN5032"]);
    expect(codesOf({ x: { ...x, data: [1, 2, NaN, 4] } })).toEqual(["CNN5033"]);
  });

  test("sizes for which a layer cannot work", async () => {
    const net = await compile("model M(x: [N, 1, H, W]) { x -> max_pool(4) }");
    const ran = net.tryRun({ x: { shape: [1, 1, 2, 2], data: [1, 2, 3, 4] } });
    expect(ran.outputs ?? ran.diagnostics.map(({ code }) => code)).toEqual(["CNN2003"]);
  });

  test("sizes that the weights were not trained for", async () => {
    const source = "model M(x: [N, 1, H, 1]) { x -> flatten -> linear(1, bias: false) }";
    const weight = fromTensor(tensor([1, 3], [1, 10, 100]));
    const trained = { name: "w", arrays: new Map([["linear1.weight", weight]]) };
    const net = await compile(source, { weights: trained });
    const run = (data: readonly number[]) =>
      net.tryRun({ x: { shape: [1, 1, data.length, 1], data } });
    expect(run([1, 2, 3]).outputs?.output.data).toEqual(Float32Array.of(321));
    const ran = run([1, 2, 3, 4]);
    expect(ran.outputs ?? ran.diagnostics.map(({ code, facts }) => [code, facts])).toEqual([
      [
        "CNN5012",
        {
          layer: "linear1",
          file: "w",
          pairs: [{ tensor: "linear1.weight", wants: "[1, 4]", gets: "[1, 3]" }],
        },
      ],
    ]);
  });

  test("thrown, they say what and where", async () => {
    const source = {
      name: "m.cnn",
      text: "model M(x: [N, 2, 3, 3]) {\n  x -> conv(1, kernel: 5)\n}",
    };
    const failure = await compile(source).catch((error: unknown) => error);
    if (!(failure instanceof ProgramError)) expect.unreachable("compile must throw a ProgramError");
    expect(failure.diagnostics.map(({ code }) => code)).toEqual(["CNN2003"]);
    expect(failure.message).toMatch(/^m\.cnn:2:8: CNN2003: .* needs at least 5×5, gets 3×3$/);
  });
});
