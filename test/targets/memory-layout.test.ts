/** What a module's memory holds beside its weights. */
import { expect, test } from "vitest";
import { instantiate } from "../../src/analysis/instantiate.ts";
import { check } from "../../src/check/check.ts";
import type { Bindings } from "../../src/graph/dim.ts";
import { layoutMemory } from "../../src/targets/wasm/memory-layout.ts";
import { planForWasm } from "../../src/targets/wasm/plan-graph.ts";
import { example, resolveExample } from "../examples/examples.ts";

const image = { N: 1, H: 224, W: 224 };

test.each<[string, Bindings]>([
  ["lenet5", { N: 1 }],
  ["lenet5-bn", { N: 32 }],
  ["vgg", { N: 1 }],
  ["resnet18", image],
  ["mobilenet-v2", image],
  ["squeezenet", image],
  ["unet", { N: 1, H: 64, W: 64 }],
])("%s keeps no more than its arena and a tenth of it", (name, sizes) => {
  const { models } = check(example(name), { resolve: resolveExample });
  const instance = instantiate(models[models.length - 1].graph, sizes);
  if ("problems" in instance) throw new Error(JSON.stringify(instance.problems));
  const planned = planForWasm(instance.graph, { relaxedSimd: true, threads: 1 });
  if ("problems" in planned) throw new Error(JSON.stringify(planned.problems));
  const { plan } = planned;
  const { memory, weights } = layoutMemory(plan, 1);
  expect(memory - weights.bytes).toBeLessThanOrEqual(1.1 * plan.arena.bytes);
  for (const { buffer } of [...plan.inputs, ...plan.outputs]) {
    const { role, elements, ...place } = plan.buffers[buffer];
    const offset = "offset" in place ? place.offset : Number.NaN;
    expect(["input", "output"]).toContain(role);
    expect(offset + 4 * elements).toBeLessThanOrEqual(plan.arena.bytes);
  }
});
