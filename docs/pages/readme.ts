/** The table of README.md that says how fast networks are: from the last results of `npm run bench`. */
import { readFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import type { Page } from "./page.ts";

const README = "README.md";
const RESULTS = "bench/results/networks-1-threads.json";
const OWN = "cnn-lang";
/** With vectors that V8 joins in pairs. */
const OWN_WIDE = "cnn-lang --wide";
/** One network of each kind; all of them stand in docs/performance.md. */
const SHOWN = ["LeNet-5", "VGG-CIFAR", "ResNet-18", "MobileNetV2"];
const [BEGIN, END] = ["<!-- numbers: `npm run gen` -->", "<!-- end of numbers -->"];

interface Results {
  readonly machine: { readonly processor: string; readonly node: string };
  readonly results: readonly Row[];
}

interface Row {
  readonly model: string;
  readonly batch: number;
  readonly runtime: string;
  /** In milliseconds. */
  readonly min: number;
}

/** @param root the repository, with a slash at its end */
export async function readmePage(root: URL): Promise<Page> {
  const url = new URL(README, root);
  const text = readFileSync(url, "utf8");
  const [start, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`${README} has no place for numbers`);
  const table = numbers(JSON.parse(readFileSync(new URL(RESULTS, root), "utf8")));
  const written = `${text.slice(0, start)}${BEGIN}\n\n${table}\n\n${text.slice(end)}`;
  const config = await resolveConfig(url);
  return { path: README, content: await format(written, { ...config, parser: "markdown" }) };
}

function numbers({ machine, results }: Results): string {
  const rows = results.filter(({ model, batch }) => batch === 1 && SHOWN.includes(model));
  const runtimes = [...new Set([OWN, OWN_WIDE, ...results.map(({ runtime }) => runtime)])];
  const lines = SHOWN.map((model) => {
    const times = runtimes.map((runtime) => {
      const row = rows.find((one) => one.model === model && one.runtime === runtime);
      return row === undefined ? "" : time(row.min);
    });
    return line([model, ...times]);
  });
  const head = [line(["one image", ...runtimes]), line(["---", ...runtimes.map(() => "---:")])];
  const processor = machine.processor.replaceAll("(R)", "").replace(" Processor", "");
  return [
    ...head,
    ...lines,
    "",
    `Fastest of many runs, one thread, ${processor}, Node ${machine.node.slice(1)}; onnxruntime-node is native code with`,
    "AVX-512, the others are WebAssembly. `--wide` has",
    "[vectors of 256 bits](docs/performance.md#vectors-of-256-bits), by an experimental flag of V8.",
    "More in [docs/performance.md](docs/performance.md).",
  ].join("\n");
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function time(milliseconds: number): string {
  if (milliseconds < 1) return `${(1000 * milliseconds).toFixed(0)} µs`;
  return `${milliseconds.toPrecision(milliseconds < 100 ? 2 : 3)} ms`;
}
