/**
 * Whole networks against other runtimes: interleaved in one process, so that all see the same
 * noise; the minimum and the median of each are shown, and their outputs are compared.
 *
 *     npm run bench -- [model …] [--threads 1,2] [--seconds 3] [--batch N] [--brief]
 *
 * This project is measured with the usual vectors, and with wide ones in a process of its own that has
 * V8's flag for them. The ONNX files of torchvision's networks are made where Debian's PyTorch is installed.
 *
 * `--brief` runs each example once on every runtime and ends non-zero where outputs differ.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { OWN, OWN_WIDE, cnnLang } from "./cnn-lang.ts";
import { type Measured, measure } from "./measure.ts";
import { type Model, exampleModels, importedModels, workOf } from "./models.ts";
import { readmePage } from "../docs/pages/readme.ts";
import type { Peer } from "./peer.ts";
import { missingTorchvision } from "../test/formats/onnx/torchvision.ts";
import { differences, listing, ratios } from "./table.ts";
import { wideCnnLang } from "./wide-cnn-lang.ts";

/** float32 sums in another order differ by less, relative to the largest output. */
const TOLERANCE = 1e-4;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: "string", default: "1,2" },
    seconds: { type: "string", default: "3" },
    batch: { type: "string" },
    brief: { type: "boolean", default: false },
  },
});

async function main(): Promise<void> {
  const { brief, threads } = options;
  const counts = brief ? [1] : threads.split(",").map(Number);
  if (counts.length > 1) return oneProcessEach(counts);
  const [count] = counts;
  const seconds = brief ? 0 : Number(options.seconds);
  const contenders = [cnnLang, wideCnnLang, ...(await peersIfInstalled())];
  const results: Measured[] = [];
  const chosen = chosenModels();
  for (const model of chosen) {
    for (const batch of batchesOf(model)) {
      const rows = await measure(workOf(model, batch, count), contenders, seconds);
      results.push(...rows.map((row) => ({ model: model.name, batch, threads: count, ...row })));
      console.log((brief ? differences : listing)(results.slice(-rows.length)));
    }
  }
  if (brief) return assertSameOutputs(results);
  console.log(`\n${ratios(results, OWN)}\n\n${ratios(results, OWN_WIDE)}`);
  await save(results, chosen, count);
}

/** Runtimes fix their number of threads when they start. */
function oneProcessEach(counts: readonly number[]): void {
  const own = process.argv.slice(1).filter((argument) => !argument.includes("threads"));
  const [script, ...rest] = own.filter((argument) => argument !== options.threads);
  for (const count of counts) {
    const given = [...process.execArgv, script, ...rest, `--threads=${count}`];
    execFileSync(process.execPath, given, { stdio: "inherit" });
  }
}

function chosenModels(): readonly Model[] {
  const wanted = positionals.map((name) => name.toLowerCase());
  return [...exampleModels, ...importedIfPossible()].filter(
    ({ name, file }) =>
      wanted.length === 0 || wanted.some((w) => [name.toLowerCase(), file].includes(w)),
  );
}

/** They take a while to make and to run. */
function importedIfPossible(): readonly Model[] {
  if (options.brief) return [];
  const missing = missingTorchvision();
  if (missing === undefined) return importedModels;
  console.log(`imported networks are left out: ${missing}`);
  return [];
}

function batchesOf({ batches }: Model): readonly number[] {
  if (options.batch !== undefined) return [Number(options.batch)];
  return options.brief ? batches.slice(0, 1) : batches;
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

function assertSameOutputs(results: readonly Measured[]): void {
  const wrong = results.filter(({ difference }) => !(difference < TOLERANCE));
  for (const { model, runtime, difference } of wrong) {
    console.error(`${model}: ${runtime} gives another output, by ${difference} of the largest`);
  }
  if (wrong.length > 0) process.exitCode = 1;
}

/**
 * A file for the examples and one for imported networks, each where all of them were measured; the
 * README shows some of the numbers.
 */
async function save(
  results: readonly Measured[],
  chosen: readonly Model[],
  threads: number,
): Promise<void> {
  const folder = join(import.meta.dirname, "results");
  mkdirSync(folder, { recursive: true });
  const [{ model: processor }] = cpus();
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  const machine = { processor, cores: cpus().length, node: process.version, commit };
  for (const [group, all] of Object.entries({
    networks: exampleModels,
    imported: importedModels,
  })) {
    if (!all.every((model) => chosen.includes(model))) continue;
    const own = results.filter(({ model }) => all.some(({ name }) => name === model));
    const file = join(folder, `${group}-${threads}-threads.json`);
    writeFileSync(file, `${JSON.stringify({ machine, results: own }, null, 2)}\n`);
  }
  const root = new URL("../", import.meta.url);
  const { path, content } = await readmePage(root);
  writeFileSync(new URL(path, root), content);
}

await main();
