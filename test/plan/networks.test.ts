/** Whole networks in WebAssembly against the reference. */
import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { instantiate } from "../../src/analysis/instantiate.ts";
import { check } from "../../src/check/check.ts";
import type { Source } from "../../src/diagnostics/span.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { optimize } from "../../src/optimize/optimize.ts";
import { makePlan, unplannable } from "../../src/plan/make-plan.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { run } from "../../src/runtime/reference.ts";
import { prepareWasm } from "../../src/runtime/wasm-target.ts";
import { wasmMachine } from "../../src/targets/wasm/machine.ts";
import { randomInputs, randomWeights } from "../graph/random-values.ts";

const folder = new URL("../../examples/", import.meta.url);
const sourceOf = (name: string): Source => ({
  name,
  text: readFileSync(new URL(name, folder), "utf8"),
});

/** Sizes that the reference can run in a second or two. */
const SIZES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "densenet.cnn": { N: 1, H: 32, W: 35 },
  "googlenet.cnn": { N: 1, H: 32, W: 33 },
  "inception.cnn": { N: 1, H: 7, W: 9 },
  "lenet5.cnn": { N: 3 },
  "lenet5-bn.cnn": { N: 1 },
  "mobilenet-v2.cnn": { N: 1, H: 40, W: 33 },
  "resnet18.cnn": { N: 2, H: 33, W: 40 },
  "squeezenet.cnn": { N: 1, H: 39, W: 32 },
  "stylegan-adain.cnn": { N: 1 },
  "unet.cnn": { N: 1, H: 16, W: 32 },
  "vgg.cnn": { N: 1 },
  // One large matrix after another: minutes in the reference. The kernels are those of vgg.
  "vgg11-bn.cnn": {},
};

/** Examples with a layer that has no kernels: they run by the reference. */
const WITHOUT_KERNELS: Readonly<Record<string, string>> = { "stylegan-adain.cnn": "adain" };

function graphOf(file: string): Graph {
  const { models } = check(sourceOf(file), {
    resolve: (path) => sourceOf(path.replace("./", "")),
  });
  const graph = models[models.length - 1].graph;
  const instance = instantiate(graph, SIZES[file]);
  if (!("graph" in instance)) throw new Error(JSON.stringify(instance.problems));
  return instance.graph;
}

describe("the example", () => {
  const files = readdirSync(folder).filter((name) => name.endsWith(".cnn"));

  it("list is complete", () => {
    expect(files.toSorted()).toEqual(Object.keys(SIZES).toSorted());
  });

  it.each(files.filter((file) => Object.keys(SIZES[file]).length > 0))("%s", (file) => {
    const graph = graphOf(file);
    expect(unplannable(optimize(graph))).toBe(WITHOUT_KERNELS[file]);
    if (file in WITHOUT_KERNELS) return;
    const weights = randomWeights(graph);
    const inputs = randomInputs(graph);
    const expected = run(graph, weights, inputs).outputs;
    const net = prepareWasm(graph, weights);
    new Float32Array(net.memory.buffer, net.module.arena, net.plan.arena.bytes / 4).fill(
      Number.NaN,
    );
    for (const port of net.plan.inputs) net.input(port).set(inputs.get(port.name)?.data ?? []);
    net.run();
    for (const port of net.plan.outputs) {
      const reference = expected.get(port.name)?.data ?? new Float64Array();
      const largest = Math.max(...reference.map(Math.abs));
      const errors = [...net.output(port)].map((value, i) => Math.abs(value - reference[i]));
      // Not a number is no small error.
      expect(errors.every((error) => error <= 2e-5 * largest)).toBe(true);
      expect(errors).toHaveLength(reference.length);
    }
    overlapsNowhere(
      makePlan(optimize(graph), { machine: wasmMachine({ relaxedSimd: true, threads: 1 }) }),
    );
  });
});

/** Buffers of the arena that are in use at one step share no byte. */
function overlapsNowhere(plan: Plan): void {
  const lives = plan.buffers.map(() => ({ first: Infinity, last: -Infinity }));
  plan.steps.forEach((step, at) => {
    for (const { buffer } of step.arguments) {
      lives[buffer].first = Math.min(lives[buffer].first, at);
      lives[buffer].last = at;
    }
  });
  const inArena = plan.buffers.flatMap((buffer, id) =>
    buffer.role === "arena" || buffer.role === "scratch" ? [{ ...buffer, ...lives[id] }] : [],
  );
  inArena.forEach((a, i) => {
    for (const b of inArena.slice(0, i)) {
      if (a.first > b.last || b.first > a.last) continue;
      const apart = a.offset + a.elements * 4 <= b.offset || b.offset + b.elements * 4 <= a.offset;
      expect(apart).toBe(true);
    }
  });
}
