/**
 * How fast the language part is: parsing, checking and building the graph of ResNet-18 in a warm
 * process, of generated models of up to 10,000 layers, of files of very many parts, and of LeNet-5
 * by the built command line from a cold start; and how long a fresh process takes to import the
 * built library. Prints a table; `docs/performance-language.md` keeps measured figures.
 *
 *     npm run build && node bench/language.ts
 *
 * Without tsx: it wraps every function to keep its name, which can double the times.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { check } from "../src/check/check.ts";
import { toJson } from "../src/diagnostics/json.ts";
import type { Source } from "../src/diagnostics/span.ts";
import { parse } from "../src/syntax/parse.ts";

const ROOT = join(import.meta.dirname, "..");
const CLI = join(ROOT, "dist/src/cli/main.js");
const IMPORT = `
const start = performance.now();
await import("cnn-lang");
console.log(performance.now() - start);`;

interface Timing {
  /** Milliseconds. */
  readonly min: number;
  readonly median: number;
  readonly runs: number;
}

function measure(runs: number, work: () => void): Timing {
  return timingOf(Array.from({ length: runs }, () => clock(work)));
}

/** Milliseconds that `work` takes. */
function clock(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function timingOf(times: readonly number[]): Timing {
  const sorted = times.toSorted((a, b) => a - b);
  return { min: sorted[0], median: sorted[Math.floor(sorted.length / 2)], runs: sorted.length };
}

/** Milliseconds from starting Node with these arguments to its end. */
function coldStart(args: readonly string[]): number {
  return clock(() => void outputOf(args));
}

/** What Node writes when it is started with these arguments. */
function outputOf(args: readonly string[]): string {
  const { status, stderr, stdout } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

function row(what: string, { min, median, runs }: Timing, note = ""): void {
  const columns = [what.padEnd(58), min.toFixed(2).padStart(9), median.toFixed(2).padStart(9)];
  console.log(`${columns.join(" ")} ${String(runs).padStart(6)}  ${note}`);
}

function checked(source: Source): void {
  const { diagnostics, models } = check(source);
  const [first] = diagnostics;
  if (first !== undefined) throw new Error(`${source.name}: ${first.code} at ${first.span.start}`);
  if (models.length !== 1) throw new Error(`${source.name} made no graph`);
}

/** A residual network of `count` layers, all of them written out, with named sizes. */
function deep(count: number): Source {
  const steps: string[] = [];
  for (let layers = 0; layers < count; layers += 4) {
    steps.push("  -> Residual(16)");
  }
  const text = `block Residual(x: [N, C, H, W], out: int) {
  x + (x -> conv(out, kernel: 3, padding: 1, bias: false) -> batch_norm -> relu)
}
model Deep(image: [N, 16, H, W]) -> [N, 16, H, W] {
  image
${steps.join("\n")}
}
`;
  return { name: `deep-${count}.cnn`, text };
}

/** A plain network of `count` layers, each on a line of its own, whose maps shrink twice. */
function plain(count: number): Source {
  const steps: string[] = [];
  for (let layers = 0; layers < count; layers += 2) {
    const stride = layers === 0 || layers === 100 ? ", stride: 2" : "";
    steps.push(`    -> conv(16, kernel: 3, padding: 1${stride}) -> relu`);
  }
  const text = `model Plain(image: [N, 3, H, W]) {
  image
${steps.join("\n")}
}
`;
  return { name: `plain-${count}.cnn`, text };
}

function lines(count: number, line: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => line(i)).join("\n");
}

/** Files of many parts, most of which have something to say of each. */
function crowded(): readonly Source[] {
  const input = "x: [N, 3, 8, 8]";
  return [
    {
      name: "20,000 models",
      text: lines(20_000, (i) => `model M${i}(${input}) { x -> conv(4, kernel: 3) -> relu }`),
    },
    {
      name: "60,000 unused lets",
      text: `model M(${input}) {\n${lines(60_000, (i) => `let a${i} = x -> relu`)}\nx }`,
    },
    {
      name: "20,000 imports of no file",
      text: lines(20_000, (i) => `import { A${i} } from "./${i}.cnn"`),
    },
    {
      name: "a shared layer used 20,000 times",
      text: `model M(x: [N, 4, 8, 8]) { let f = conv(4, kernel: 1) x -> repeat 20000 { f } }`,
    },
  ];
}

function file(name: string): Source {
  return { name, text: readFileSync(join(ROOT, "examples", name), "utf8") };
}

console.log(`${"".padEnd(58)}    min ms    median   runs`);

/** Cold starts come first, while this process is small, and alternate. */
if (existsSync(CLI)) {
  const node: number[] = [];
  const lenet: number[] = [];
  const library: number[] = [];
  for (let i = 0; i < 40; i++) {
    node.push(coldStart(["-e", "0"]));
    lenet.push(coldStart([CLI, "check", "examples/lenet5.cnn"]));
    library.push(Number(outputOf(["--input-type=module", "-e", IMPORT])));
  }
  row("node itself, cold", timingOf(node));
  row("cnn check examples/lenet5.cnn, cold", timingOf(lenet), "goal 150");
  row('import "cnn-lang", in a fresh process', timingOf(library), "goal 150");
} else {
  console.log("cold start: run `npm run build` first");
}

const resnet = file("resnet18.cnn");
for (let i = 0; i < 200; i++) checked(resnet);
row(
  "ResNet-18: parse",
  measure(200, () => void parse(resnet)),
);
row(
  "ResNet-18: parse, check, graph",
  measure(200, () => checked(resnet)),
  "goal 5",
);

for (const make of [plain, deep]) {
  for (const count of [100, 1000, 10_000]) {
    const source = make(count);
    checked(source);
    const timing = measure(count === 10_000 ? 5 : 20, () => checked(source));
    const perLayer = `${((timing.min / count) * 1000).toFixed(1)} µs a layer`;
    row(`${source.name}: parse, check, graph`, timing, perLayer);
  }
}

for (const source of crowded()) {
  const timing = measure(3, () => {
    const { diagnostics, sources } = check(source);
    toJson(diagnostics, sources);
  });
  row(`${source.name}: check, messages as JSON`, timing);
}
