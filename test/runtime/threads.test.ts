/** Several threads compute the same bits as one. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { check } from "../../src/check/check.ts";
import { instantiate } from "../../src/analysis/instantiate.ts";
import { compile } from "../../src/compile.ts";
import type { Bindings } from "../../src/graph/dim.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { prepareWasm, wasmTargetWith } from "../../src/runtime/wasm-target.ts";
import { Team } from "../../src/runtime/wasm/team.ts";
import { planForWasm } from "../../src/targets/wasm/plan-graph.ts";
import { example, exampleBytes, resolveExample } from "../examples/examples.ts";
import { randomInputs, randomWeights } from "../graph/random-values.ts";

function graphOf(name: string, sizes: Bindings): Graph {
  const { models } = check(example(name), { resolve: resolveExample });
  const instance = instantiate(models[models.length - 1].graph, sizes);
  if ("problems" in instance) throw new Error(JSON.stringify(instance.problems));
  return instance.graph;
}

function outputs(graph: Graph, team: Team | undefined, runs: number): readonly Float32Array[] {
  const network = prepareWasm(graph, randomWeights(graph), team === undefined ? {} : { team });
  const inputs = randomInputs(graph);
  for (const port of network.plan.inputs) {
    network.input(port).set(inputs.get(port.name)?.data ?? []);
  }
  const results: Float32Array[] = [];
  for (let i = 0; i < runs; i++) {
    network.run();
    results.push(...network.plan.outputs.map((port) => network.output(port).slice()));
  }
  return results;
}

describe.each([2, 3])("%i threads", (threads) => {
  let team: Team;
  beforeAll(async () => {
    team = await Team.start(threads);
  });
  afterAll(() => team.close());

  test.each<[string, Bindings]>([
    ["lenet5", { N: 1 }],
    ["lenet5-bn", { N: 37 }],
    ["vgg", { N: 1 }],
    ["unet", { N: 2, H: 16, W: 32 }],
    ["mobilenet-v2", { N: 1, H: 65, W: 48 }],
    ["squeezenet", { N: 1, H: 47, W: 64 }],
  ])("%s", (name, sizes) => {
    const graph = graphOf(name, sizes);
    const [alone] = outputs(graph, undefined, 1);
    // Run after run, so that a thread that is late or early by one kernel shows.
    for (const together of outputs(graph, team, 10)) expect(together).toEqual(alone);
  });
});

test("what is too short for two threads is done by one", () => {
  const shared = (name: string, sizes: Bindings): readonly boolean[] => {
    const planned = planForWasm(graphOf(name, sizes), { relaxedSimd: true, threads: 2 });
    if (!("plan" in planned)) throw new Error("no plan");
    return planned.plan.steps.map((step) => step.shared);
  };
  expect(shared("lenet5", { N: 1 })).not.toContain(true);
  // Shared are the convolutions and the first matrix, of 160, 160 and 65 thousand nanoseconds.
  expect(shared("lenet5", { N: 32 })).toEqual([false, true, true, true, true, false]);
});

test("the threads follow from one size of a network to another and back", async () => {
  const weights = { name: "lenet5", bytes: exampleBytes("weights/lenet5.safetensors") };
  const [one, two] = await Promise.all(
    [1, 2].map((threads) => compile(example("lenet5"), { weights, threads })),
  );
  expect(two.diagnostics).toEqual(one.diagnostics);
  for (const batch of [1, 40, 1, 24, 40]) {
    const data = Float32Array.from({ length: batch * 784 }, (_, i) => Math.sin(i * batch));
    const image = { shape: [batch, 1, 28, 28], data };
    expect(two.run({ image })).toEqual(one.run({ image }));
  }
  expect(two.prepare({ image: [1, 1, 28, 28] }).threads).toBe(2);
  two.close();
});

test("what was closed refuses to run, instead of waiting for threads that are gone", async () => {
  const options = { weights: exampleBytes("weights/lenet5.safetensors"), threads: 2, batch: 32 };
  const net = await compile(example("lenet5"), options);
  const session = net.prepare({ image: [32, 1, 28, 28] });
  session.run();
  net.close();
  expect(() => session.run()).toThrow("closed");
  expect(() => net.prepare({ image: [32, 1, 28, 28] })).toThrow("LeNet5 was closed");
});

test("an engine without shared memory runs on one thread and says so", async () => {
  const { SharedArrayBuffer } = globalThis;
  Reflect.deleteProperty(globalThis, "SharedArrayBuffer");
  try {
    const weights = { name: "lenet5", bytes: exampleBytes("weights/lenet5.safetensors") };
    const net = await compile(example("lenet5"), { weights, threads: 4 });
    expect(net.diagnostics.map(({ code, facts }) => ({ code, facts }))).toEqual([
      {
        code: "CNN5065",
        facts: {
          threads: 4,
          reason: "shared memory is not available here",
          needsIsolation: false,
        },
      },
    ]);
    expect(net.prepare({ image: [1, 1, 28, 28] }).threads).toBe(1);
  } finally {
    globalThis.SharedArrayBuffer = SharedArrayBuffer;
  }
});

test("a target made for one thread starts no workers", () => {
  const graph = graphOf("lenet5", { N: 1 });
  const prepared = wasmTargetWith({}).prepare(graph, randomWeights(graph));
  expect(prepared.session?.threads).toBe(1);
});
