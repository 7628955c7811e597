/** The text of a module and its bytes are the same module, by wabt's parser. */
import { describe, expect, test } from "vitest";
import wabt from "wabt";
import { instantiate } from "../../src/analysis/instantiate.ts";
import { check } from "../../src/check/check.ts";
import type { Bindings } from "../../src/graph/dim.ts";
import { planForWasm } from "../../src/targets/wasm/plan-graph.ts";
import { type PlanModule, printPlan } from "../../src/targets/wasm/print-plan.ts";
import { example, resolveExample } from "../examples/examples.ts";

function moduleOf(name: string, sizes: Bindings, relaxedFma: boolean, threads: number): PlanModule {
  const { models } = check(example(name), { resolve: resolveExample });
  const instance = instantiate(models[models.length - 1].graph, sizes);
  if ("problems" in instance) throw new Error(JSON.stringify(instance.problems));
  const planned = planForWasm(instance.graph, { relaxedSimd: relaxedFma, threads });
  if ("problems" in planned) throw new Error(JSON.stringify(planned.problems));
  return printPlan(planned.plan, { relaxedFma, threads });
}

const features = { simd: true, threads: true, relaxed_simd: true };

describe.each<[string, Bindings]>([
  ["lenet5-bn", { N: 1 }],
  ["mobilenet-v2", { N: 1, H: 32, W: 33 }],
  ["squeezenet", { N: 2, H: 39, W: 32 }],
  ["unet", { N: 1, H: 16, W: 16 }],
])("%s", (name, sizes) => {
  test.each([
    ["fused multiply-add, one thread", true, 1],
    ["separate multiply and add, one thread", false, 1],
    ["three threads", true, 3],
  ])("%s", async (_, relaxedFma, threads) => {
    const { parseWat, readWasm } = await wabt();
    const { bytes, text } = moduleOf(name, sizes, relaxedFma, threads);
    const [read, parsed] = [readWasm(bytes, features), parseWat("model.wat", text(), features)];
    expect(WebAssembly.validate(bytes)).toBe(true);
    const canonical = { log: false, canonicalize_lebs: true };
    expect(parsed.toBinary(canonical).buffer).toEqual(read.toBinary(canonical).buffer);
  });
});
