/**
 * Counts how evenly threads share a network's work: operations of all threads over those of the
 * busiest one, kernel by kernel, without running anything.
 *
 *     npx tsx bench/shares.ts [threads]
 */
import type { Statement } from "../src/kernels/ir/ir.ts";
import { planForWasm } from "../src/targets/wasm/plan-graph.ts";
import { exampleModels, workOf } from "./models.ts";

const threads = Number(process.argv[2] ?? 2);

function operationsIn(body: readonly Statement[]): number {
  return body.reduce((sum, statement) => {
    if (statement.op === "loop") {
      return sum + statement.counter.extent * operationsIn(statement.body);
    }
    return sum + (statement.op === "lookup" ? operationsIn(statement.body) : 1);
  }, 0);
}

/** Of all threads, and of the one with the most. */
function shared(body: readonly Statement[]): readonly [all: number, longest: number] {
  let [all, longest] = [0, 0];
  for (const statement of body) {
    if (statement.op === "loop" && statement.parallel) {
      const each = operationsIn(statement.body);
      all += each * statement.counter.extent;
      longest += each * Math.ceil(statement.counter.extent / threads);
    } else longest += operationsIn([statement]);
  }
  return [all, longest];
}

for (const model of exampleModels) {
  const { graph } = workOf(model, 1, threads);
  const planned = planForWasm(graph, { relaxedSimd: true, threads });
  if (!("plan" in planned)) throw new Error(`${model.name} has no plan`);
  const sums = planned.plan.steps.map(({ kernel, shared: isShared }) => {
    const [all, longest] = shared(kernel.body);
    return [all, isShared ? longest : all] as const;
  });
  const all = sums.reduce((sum, [own]) => sum + own, 0);
  const longest = sums.reduce((sum, [, own]) => sum + own, 0);
  console.log(model.name.padEnd(12), (all / longest).toFixed(2));
}
