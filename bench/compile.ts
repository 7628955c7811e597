/**
 * How long it takes from a program's text and the bytes of its weights to a network that is ready
 * to run, in fresh processes and in a warm one, and what memory the network then holds. Loading the
 * library, which a process does once, and reading the files come before. Prints tables;
 * `docs/performance.md` keeps measured figures.
 *
 *     npm run build && npx tsx bench/compile.ts [processes]
 *
 * The processes run the built library without tsx, which makes functions slower.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { safetensorsParts } from "../src/formats/tensors/safetensors.ts";
import { fromTensor } from "../src/formats/tensors/stored-array.ts";
import { planForWasm } from "../src/targets/wasm/plan-graph.ts";
import { layoutMemory } from "../src/targets/wasm/memory-layout.ts";
import { exampleModels, workOf } from "./models.ts";

const ROOT = join(import.meta.dirname, "..");
const PROCESSES = Number(process.argv[2] ?? 10);
/** Compilations of one process. */
const REPEATED = 8;
const RUNS = 20;

interface Compiled {
  /** Milliseconds to load the library. */
  readonly loading: number;
  /** Milliseconds of each compilation, the cold one first. */
  readonly times: readonly number[];
  /** Bytes, of the first network, after collecting garbage. */
  readonly wasmMemory: number;
  /** Arrays of the process that were not there before, outside of the network's own memory. */
  readonly otherArrays: number;
  /** The same after runs. */
  readonly otherArraysLater: number;
  /** The most that the process ever had in memory, less what it had before. */
  readonly peakGrowth: number;
}

const CHILD = `
import { readFileSync } from "node:fs";
const [library, program, file, sizes, repeated, runs] = process.argv.slice(-6);
const begin = performance.now();
const { compile } = await import(library);
const loading = performance.now() - begin;
const text = readFileSync(program, "utf8");
const bytes = readFileSync(file);
const times = [];
let memory;
for (let i = 0; i < Number(repeated); i++) {
  // Collecting garbage throws away compiled code too: it is done for the first one alone.
  if (i === 0) gc();
  const arrays = process.memoryUsage().arrayBuffers;
  const before = process.memoryUsage.rss();
  const start = performance.now();
  const net = await compile(text, { weights: { name: file, bytes }, sizes: JSON.parse(sizes) });
  times.push(performance.now() - start);
  if (i === 0) {
    const peakGrowth = 1024 * process.resourceUsage().maxRSS - before;
    const shapes = Object.fromEntries(net.inputs.map(({ name, shape }) => [
      name,
      shape.map((size) => (typeof size === "number" ? size : JSON.parse(sizes)[size.terms[0].factors[0].name])),
    ]));
    const session = net.prepare(shapes);
    const [{ data }] = Object.values(session.inputs);
    const wasmMemory = data.buffer.byteLength;
    const others = () => {
      gc();
      return process.memoryUsage().arrayBuffers - arrays;
    };
    const otherArrays = others();
    for (let run = 0; run < Number(runs); run++) session.run();
    memory = { wasmMemory, otherArrays, otherArraysLater: others(), peakGrowth };
  }
  net.close();
}
console.log(JSON.stringify({ loading, times, ...memory }));
`;

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(2)} MiB`;
const ms = (time: number): string => `${time.toFixed(0)} ms`;

const folder = mkdtempSync(join(tmpdir(), "cnn-bench-"));
try {
  const script = join(folder, "child.mjs");
  writeFileSync(script, CHILD);
  for (const model of exampleModels) {
    const { graph, weights } = workOf(model, 1, 1);
    const planned = planForWasm(graph, { relaxedSimd: true, threads: 1 });
    if (!("plan" in planned)) throw new Error(`${model.name} has no plan`);
    const layout = layoutMemory(planned.plan, 1);
    const file = join(folder, `${model.file}.safetensors`);
    const arrays = [...weights].map(([name, tensor]) => [name, fromTensor(tensor)] as const);
    const bytes = Buffer.concat(safetensorsParts(new Map(arrays)));
    writeFileSync(file, bytes);
    const run = (repeated: number): Compiled => {
      const library = join(ROOT, "dist/node/index.js");
      const program = join(ROOT, "examples", `${model.file}.cnn`);
      const sizes = JSON.stringify({ N: 1, ...model.sizes });
      const given = [script, library, program, file, sizes, String(repeated), String(RUNS)];
      return JSON.parse(
        execFileSync(process.execPath, ["--expose-gc", ...given], { encoding: "utf8" }),
      );
    };
    const cold = Array.from({ length: PROCESSES }, () => run(1));
    const first = cold.map(({ times }) => times[0]);
    const loading = cold.map((one) => one.loading);
    const warm = run(REPEATED).times.slice(1);
    const [{ wasmMemory, otherArrays, otherArraysLater, peakGrowth }] = cold;
    const { arena } = planned.plan;
    const beside = wasmMemory - layout.weights.bytes;
    console.log(
      [
        `${model.name}`,
        `  fresh process: minimum ${ms(Math.min(...first))}, median ${ms(median(first))}`,
        `  loading the library: minimum ${ms(Math.min(...loading))}, median ${ms(median(loading))}`,
        `  warm process: minimum ${ms(Math.min(...warm))}, median ${ms(median(warm))}`,
        `  weights: ${mib(bytes.length)} in the file, ${mib(layout.weights.bytes)} packed`,
        `  memory of the module: ${mib(wasmMemory)}, of which ${mib(beside)} beside weights; ` +
          `arena ${mib(arena.bytes)}`,
        `  other arrays: ${mib(otherArrays)}, after ${RUNS} runs ${mib(otherArraysLater)}`,
        `  growth of the process while it compiled: at most ${mib(peakGrowth)}`,
      ].join("\n"),
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
