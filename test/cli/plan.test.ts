import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import wabt from "wabt";
import { cnn } from "./terminal.ts";

const schema: object = JSON.parse(readFileSync("src/formats/json/plan.schema.json", "utf8"));
const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);

const LENET = ["plan", "examples/lenet5-bn.cnn"];

async function json(...options: readonly string[]) {
  const { out, code, err } = await cnn([...LENET, "--json", ...options]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out);
}

describe("cnn plan", () => {
  test("prints JSON that follows the published schema", async () => {
    for (const options of [[], ["--batch", "4", "--threads", "2"], ["--profile"]]) {
      validate(await json(...options));
      expect(validate.errors).toBeNull();
    }
  });

  test("counts LeNet-5's multiply-adds, with every norm, activation and pool fused", async () => {
    const plan = await json("--batch", "3");
    // conv1 28·28·6·25, conv2 10·10·16·150, linear 400·120 + 120·84 + 84·10.
    expect(plan.totals.macs).toBe(3 * (117_600 + 240_000 + 48_000 + 10_080 + 840));
    const computed = plan.kernels.filter(({ macs }: { macs: number }) => macs > 0);
    const operations = computed.map(({ operation }: { operation: string }) => operation);
    expect(operations).toEqual([
      "conv + relu + max_pool",
      "conv + relu + max_pool",
      "linear + relu",
      "linear + relu",
      "linear",
    ]);
    expect(plan.inputs).toMatchObject([{ name: "image", shape: [3, 1, 28, 28] }]);
    const { memory } = plan;
    expect(memory.lowerBound).toBeLessThanOrEqual(memory.arena);
    expect(memory.arena).toBeLessThan(memory.sumOfTensors);
    expect(memory.inputs).toBe(3 * 28 * 28 * 4);
  });

  test("measures every kernel on demand", async () => {
    const plan = await json("--profile");
    let sum = 0;
    for (const { measured, macs } of plan.kernels) {
      expect(measured.minimumSeconds).toBeLessThanOrEqual(measured.medianSeconds);
      sum += measured.minimumSeconds;
      const { gflops, minimumSeconds } = measured;
      if (minimumSeconds > 0) expect(gflops).toBeCloseTo((2 * macs) / minimumSeconds / 1e9, 6);
    }
    expect(plan.totals.measuredSeconds).toBeCloseTo(sum, 12);
    expect((await json()).totals.measuredSeconds).toBeNull();
  });

  test("takes the algorithm that is asked for, and none that rounds more with --precise", async () => {
    const options = ["plan", "examples/vgg.cnn", "--json"];
    const algorithmOf = async (...more: readonly string[]): Promise<string> => {
      const { out } = await cnn([...options, ...more]);
      const found = JSON.parse(out).kernels.find(
        ({ nodes, macs }: { nodes: string[]; macs: number }) =>
          macs > 0 && nodes.includes("stage1.conv2"),
      );
      return found.algorithm;
    };
    expect(await algorithmOf("--algorithm", "stage1.conv2=winograd2")).toContain(
      "winograd F(2x2,3x3)",
    );
    expect(await algorithmOf("--algorithm", "stage1.conv2=direct")).toContain("direct");
    expect(await algorithmOf("--precise")).toContain("direct");
  });

  test("makes kernels of twice the width with --wide", async () => {
    const { machine, kernels } = await json("--wide");
    expect(machine.vectorWidth).toBe(8);
    const names = kernels.map(({ algorithm }: { algorithm: string }) => algorithm);
    expect(names).toContain("direct 6x16");
    expect((await json()).machine.vectorWidth).toBe(4);
  });

  test("emits the graph between two passes", async () => {
    const emit = async (pass: string): Promise<string> => {
      const { out } = await cnn([...LENET, "--emit", "graph", "--stop-after", pass]);
      return out;
    };
    expect(await emit("drop-identities")).toContain("= batch_norm(");
    expect(await emit("fold-batch-norm")).not.toContain("= batch_norm(");
    expect(await emit("fold-batch-norm")).toContain("= relu(");
    expect(await emit("fuse-epilogues")).not.toContain("= relu(");
  });

  test("emits kernels and a module that wabt accepts, the same every time", async () => {
    const { parseWat } = await wabt();
    const { out: wat } = await cnn([...LENET, "--emit", "wat"]);
    parseWat("lenet.wat", wat, { simd: true, relaxed_simd: true }).validate();
    expect((await cnn([...LENET, "--emit", "wat"])).out).toBe(wat);
    const { out: kernels } = await cnn([...LENET, "--emit", "kernels"]);
    expect(kernels).toMatch(/^\/\/ fc1\nkernel direct .* \(input, weights, bias, output\) \{$/m);
    expect((await cnn([...LENET, "--emit", "plan"])).out).toBe((await cnn(LENET)).out);
  });

  test.each([
    [["--emit", "wasm"], "--emit prints graph, plan, kernels, wat, not `wasm`"],
    [["--stop-after", "fold-batchnorm"], "did you mean fold-batch-norm?"],
    [["--algorithm", "conv1=winogard4"], "did you mean winograd4?"],
    [["--algorithm", "winograd4"], "--algorithm takes a layer and a name, not `winograd4`"],
    [["--profile", "--threads", "2"], "--profile measures kernels on one thread"],
    [["--threads", "0"], "--threads takes a whole number of at least 1, not `0`"],
    [["--threads", "1000"], "--threads takes at most 256, not 1000"],
    [["--json", "--emit", "wat"], "choose one of --emit and --json"],
  ])("refuses %j", async (options, message) => {
    const { code, out, err } = await cnn([...LENET, ...options]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(message);
  });

  test.each([
    [[...LENET, "--algorithm", "conv7=direct"], "CNN5066", "it has conv1, conv2"],
    [[...LENET, "--algorithm", "conv1=depthwise"], "CNN5067", "possible here: direct, winograd2"],
    [["plan", "examples/resnet18.cnn"], "CNN5020", "--set H="],
    [["plan", "examples/vgg.cnn", "--batch", "30000"], "CNN5060", "4.0 GiB is the most"],
  ])("explains why %j has no plan", async (argv, message, words) => {
    const { code, out, err } = await cnn(argv);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(message);
    expect(err).toContain(words);
  });
});
