/**
 * Where the time of two threads goes: one network on one thread, on two threads that share the
 * work, and on one thread in each of two processes at once. Two processes share nothing but the
 * processor, so what they compute together is the most that two threads could. Turn by turn, many
 * of them, since the processors of a busy host are cores of their own in some moments only; the best
 * turn of each counts:
 *
 *     npx tsx bench/threads.ts [seconds] [network …]
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { prepareWasm } from "../src/runtime/wasm-target.ts";
import { Team } from "../src/runtime/wasm/team.ts";
import { exampleModels, modelNamed, workOf } from "./models.ts";

const ROUNDS = 20;
const COUNT = "count";

interface Runner {
  readonly name: string;
  /** Runs for so many milliseconds; how many runs a second there were. */
  measure(milliseconds: number): Promise<number>;
}

function runsPerSecond(run: () => void, milliseconds: number): number {
  const start = performance.now();
  let runs = 0;
  while (performance.now() - start < milliseconds) {
    run();
    runs++;
  }
  return (1000 * runs) / (performance.now() - start);
}

function prepared(name: string, team?: Team): () => void {
  const { graph, weights } = workOf(modelNamed(name), 1, team?.threads ?? 1);
  const net = prepareWasm(graph, weights, team ? { team } : {});
  return () => net.run();
}

async function compare(name: string, milliseconds: number): Promise<void> {
  const team = await Team.start(2);
  const [one, two] = [prepared(name), prepared(name, team)];
  const others = [1, 2].map(() => fork(fileURLToPath(import.meta.url), [COUNT, name]));
  await Promise.all(others.map((child) => once(child, "message")));
  const runners: readonly Runner[] = [
    { name: "one thread", measure: async (time) => runsPerSecond(one, time) },
    { name: "two threads", measure: async (time) => runsPerSecond(two, time) },
    {
      name: "two processes",
      measure: async (time) => {
        const answers = others.map(async (child) => {
          child.send(time);
          const [runs] = await once(child, "message");
          return Number(runs);
        });
        return (await Promise.all(answers)).reduce((sum, runs) => sum + runs, 0);
      },
    },
  ];
  const best = runners.map(() => 0);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, runner] of runners.entries()) {
      best[i] = Math.max(best[i], await runner.measure(milliseconds / ROUNDS));
    }
  }
  for (const child of others) child.kill();
  team.close();
  const shares = runners.map(
    (runner, i) => `${runner.name} ${best[i].toFixed(1)} (${(best[i] / best[0]).toFixed(2)})`,
  );
  console.log(name.padEnd(12), "runs a second:", shares.join(", "));
}

if (process.argv[2] === COUNT) {
  const run = prepared(process.argv[3]);
  process.on("message", (time) => process.send?.(runsPerSecond(run, Number(time))));
  process.send?.("ready");
} else {
  const [seconds = "4", ...names] = process.argv.slice(2);
  const chosen = names.length > 0 ? names : exampleModels.map(({ name }) => name);
  for (const name of chosen) await compare(name, Number(seconds) * 1000);
}
