/**
 * Whole networks against other runtimes: interleaved in one process, so that all see the same
 * noise; the minimum and the median of each are shown, and their outputs are compared.
 *
 *     npm run bench -- [model …] [--threads 1] [--seconds 3]
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { cnnLang } from "./cnn-lang.ts";
import { type Model, models, workOf } from "./models.ts";
import type { Contender, Peer } from "./peer.ts";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: "string", default: "1" },
    seconds: { type: "string", default: "3" },
    batch: { type: "string" },
    output: { type: "string" },
  },
});
const threads = Number(options.threads);
const seconds = Number(options.seconds);

interface Measured {
  readonly model: string;
  readonly batch: number;
  readonly threads: number;
  readonly runtime: string;
  /** Milliseconds. */
  readonly min: number;
  readonly median: number;
  readonly runs: number;
  /** Largest difference from the first runtime's output, relative to its largest value. */
  readonly difference: number;
}

async function main(): Promise<void> {
  const contenders = [cnnLang, ...(await peersIfInstalled())];
  const wanted = positionals.map((name) => name.toLowerCase());
  const chosen = models.filter(
    ({ name, file }) =>
      wanted.length === 0 || wanted.some((w) => [name.toLowerCase(), file].includes(w)),
  );
  const results: Measured[] = [];
  for (const model of chosen) {
    for (const batch of options.batch ? [Number(options.batch)] : model.batches) {
      const rows = await measureModel(model, batch, contenders);
      results.push(...rows);
      print(rows);
    }
  }
  save(results);
}

async function peersIfInstalled(): Promise<readonly Peer[]> {
  if (!existsSync(join(import.meta.dirname, "node_modules"))) {
    console.log("bench/ is not installed: measuring this project alone (npm run bench installs)");
    return [];
  }
  const path = pathToFileURL(join(import.meta.dirname, "peers/index.ts")).href;
  const { peers }: { peers: Readonly<Record<string, Peer>> } = await import(path);
  return Object.values(peers);
}

async function measureModel(
  model: Model,
  batch: number,
  peers: readonly Peer[],
): Promise<readonly Measured[]> {
  const work = workOf(model, batch, threads);
  const contenders: Contender[] = [];
  for (const peer of peers) {
    const contender = await peer(work);
    if (contender !== undefined) contenders.push(contender);
  }
  const outputs: Float32Array[] = [];
  for (const contender of contenders) {
    await contender.run();
    outputs.push(Float32Array.from(await contender.output()));
  }
  const times = await interleave(contenders);
  for (const contender of contenders) await contender.release();
  return contenders.map(({ name }, i) => ({
    model: model.name,
    batch,
    threads,
    runtime: name,
    min: times[i][0],
    median: times[i][Math.floor(times[i].length / 2)],
    runs: times[i].length,
    difference: differenceOf(outputs[0], outputs[i]),
  }));
}

/** Milliseconds of one run, sorted, by contender. */
async function interleave(contenders: readonly Contender[]): Promise<number[][]> {
  const times: number[][] = contenders.map(() => []);
  const end = performance.now() + seconds * 1000 * contenders.length;
  do {
    for (const [i, { run }] of contenders.entries()) {
      // A turn of some milliseconds, so that caches are warm as in a stream of images.
      const turn = performance.now() + 20;
      do {
        const start = performance.now();
        const running = run();
        if (running !== undefined) await running;
        times[i].push(performance.now() - start);
      } while (performance.now() < turn);
    }
  } while (performance.now() < end || times[0].length < 10);
  return times.map((list) => list.sort((a, b) => a - b));
}

function differenceOf(expected: Float32Array, got: Float32Array): number {
  let [difference, largest] = [0, 0];
  expected.forEach((value, i) => {
    difference = Math.max(difference, Math.abs(value - got[i]));
    largest = Math.max(largest, Math.abs(value));
  });
  return difference / largest;
}

function print(rows: readonly Measured[]): void {
  const [own] = rows;
  const count = own.threads === 1 ? "1 thread" : `${own.threads} threads`;
  console.log(`\n${own.model}, batch ${own.batch}, ${count}`);
  for (const { runtime, min, median, difference } of rows) {
    const ratio = runtime === own.runtime ? "" : `${(min / own.min).toFixed(2)}× the time`;
    console.log(
      [
        `  ${runtime}`.padEnd(20),
        `min ${milliseconds(min)}`,
        `median ${milliseconds(median)}`,
        ratio.padStart(16),
        `  difference ${difference.toExponential(1)}`,
      ].join("  "),
    );
  }
}

function milliseconds(value: number): string {
  return value < 1
    ? `${(value * 1000).toFixed(1).padStart(7)} µs`
    : `${value.toFixed(2).padStart(7)} ms`;
}

function save(results: readonly Measured[]): void {
  const folder = join(import.meta.dirname, "results");
  mkdirSync(folder, { recursive: true });
  const [{ model: processor }] = cpus();
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  const machine = { processor, cores: cpus().length, node: process.version, commit };
  const file = join(folder, options.output ?? `networks-${threads}-threads.json`);
  writeFileSync(file, `${JSON.stringify({ machine, results }, null, 2)}\n`);
}

await main();
