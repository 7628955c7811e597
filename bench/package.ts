/**
 * How large a built package of LeNet-5 is, and how long a fresh process takes from the import of
 * `model.js` to its first result. Prints tables; `docs/packages.md` keeps measured figures.
 *
 *     npx tsx bench/package.ts
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { tryBuild } from "../src/build.ts";
import { packageFiles } from "../src/targets/wasm/package/package-files.ts";

const ROOT = join(import.meta.dirname, "..");
const PROCESSES = 40;

/** Prints milliseconds from the import to the first result, and from there to the second. */
const SCRIPT = `
const start = performance.now();
const { LeNet5 } = await import("./model.js");
const net = await LeNet5.open();
const image = new Float32Array(784).fill(0.5);
net.run({ image });
const first = performance.now();
net.run({ image });
console.log(JSON.stringify({ first: first - start, second: performance.now() - first }));
`;

function measure(singleFile: boolean): void {
  const source = {
    name: "lenet5.cnn",
    text: readFileSync(join(ROOT, "examples/lenet5.cnn"), "utf8"),
  };
  const { built } = tryBuild(source, {
    weights: readFileSync(join(ROOT, "examples/weights/lenet5.safetensors")),
  });
  if (built === undefined) throw new Error("LeNet-5 cannot be built");
  const folder = mkdtempSync(join(tmpdir(), "cnn-bench-"));
  try {
    const files = packageFiles(built, { header: "A measurement.", singleFile });
    for (const { name, content } of files) {
      writeFileSync(join(folder, name), content);
      const bytes = Buffer.from(content);
      console.log(`${name.padEnd(12)} ${bytes.length} bytes, ${gzipSync(bytes).length} gzipped`);
    }
    const { codeBytes, weights, programs } = built.description;
    const forms = programs.map(({ start, end }) => end - start).join(" + ");
    console.log(`of model.wasm: code ${codeBytes} (${forms}), weights ${weights.bytes}`);
    writeFileSync(join(folder, "main.mjs"), SCRIPT);
    const times = Array.from({ length: PROCESSES }, (): { first: number; second: number } => {
      const { stdout, stderr } = spawnSync(process.execPath, ["main.mjs"], {
        cwd: folder,
        encoding: "utf8",
      });
      if (stderr !== "") throw new Error(stderr);
      return JSON.parse(stdout);
    });
    for (const key of ["first", "second"] as const) {
      const sorted = times.map((time) => time[key]).sort((a, b) => a - b);
      const [least, middle] = [sorted[0], sorted[PROCESSES / 2]].map((time) => time.toFixed(2));
      console.log(`${key} result: minimum ${least} ms, median ${middle} ms`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

for (const singleFile of [false, true]) {
  console.log(singleFile ? "\none file" : "model.js with model.wasm");
  measure(singleFile);
}
