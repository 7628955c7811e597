/** The library is pure: it bundles for browsers without anything of Node, and runs there. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { expectLogits, lenetDigits, scratchFolder } from "../package/packages.ts";
import { inChromium, withoutBrowser } from "./chromium.ts";

async function bundle(folder: string, format: "esm" | "iife" = "esm"): Promise<string> {
  const outfile = join(folder, "cnn-lang.js");
  const { warnings, metafile } = await build({
    entryPoints: ["src/index.ts"],
    bundle: true,
    platform: "browser",
    format,
    globalName: "cnn",
    target: "es2024",
    outfile,
    metafile: true,
    logLevel: "silent",
  });
  expect(warnings).toEqual([]);
  const outputs = Object.values(metafile.outputs);
  expect(outputs.flatMap(({ imports }) => imports)).toEqual([]);
  return outfile;
}

const [digit] = lenetDigits(1);
const program = readFileSync("examples/lenet5.cnn", "utf8");

const USE = `
const wrong = check({ name: "wrong.cnn", text: "model M(x: [N, 1, 4, 4]) { x -> conv(1, kernel: 5) }" });
const codes = wrong.diagnostics.map(({ code }) => code);
const formatted = await format("model M(x:[N,4]){x->relu}");
const net = await compile({ name: "lenet5.cnn", text: program }, { weights, threads });
const session = net.prepare({ image: [1, 1, 28, 28] });
const logits = [...net.run({ image: { shape: [1, 1, 28, 28], data: pixels } }).output.data];
const onnx = exportOnnx({ name: "lenet5.cnn", text: program }, { weights });
const python = exportPytorch(program);
const imported = await importOnnx(onnx.model, { weightsFile: "lenet5.safetensors" });
const written = await writeProgram(graphFromJson(JSON.stringify(graphToJson(imported.graph)), "g.json"));
const result = {
  codes,
  formatted,
  logits,
  target: session.target,
  threads: session.threads,
  python: python.includes("class LeNet5(nn.Module)"),
  // The weights file's name stands in the graph, and so in both.
  writtenAgain: written.text === imported.text,
};
net.close();
`;

const expected = {
  codes: ["CNN2003"],
  formatted: "model M(x: [N, 4]) {\n  x -> relu\n}\n",
  target: "wasm",
  python: true,
  writtenAgain: true,
};

const NAMES = `check, compile, exportOnnx, exportPytorch, format, graphFromJson, graphToJson, importOnnx,
  writeProgram`;

test("bundled for a browser it imports nothing, and runs without anything of Node", async () => {
  using folder = scratchFolder();
  const text = readFileSync(await bundle(folder.path, "iife"), "utf8");
  const bytes = readFileSync("examples/weights/lenet5.safetensors").toString("latin1");
  const context = createContext({ TextEncoder, TextDecoder });
  const given = [program, digit.pixels, 1, bytes];
  const ran = await runInContext(
    `${text};
    (async () => {
      const { ${NAMES} } = cnn;
      const [program, pixels, threads, bytes] = ${JSON.stringify(given)};
      const weights = Uint8Array.from(bytes, (letter) => letter.charCodeAt(0));
      ${USE}
      return JSON.stringify(result);
    })()`,
    context,
  );
  const result = JSON.parse(ran);
  expectLogits(result.logits, digit);
  expect(result).toMatchObject({ ...expected, threads: 1 });
});

describe.skipIf(withoutBrowser !== undefined)("the library in Chromium", () => {
  test.each([
    { isolated: false, threads: 1 },
    { isolated: true, threads: 2 },
  ])("checks, formats, compiles and runs with %j", async ({ isolated, threads }) => {
    using folder = scratchFolder();
    await bundle(folder.path);
    writeFileSync(join(folder.path, "w.bin"), readFileSync("examples/weights/lenet5.safetensors"));
    const script = `
      import { ${NAMES} } from "./cnn-lang.js";
      const weights = new Uint8Array(await (await fetch("w.bin")).arrayBuffer());
      const [program, pixels, threads] = ${JSON.stringify([program, digit.pixels, threads])};
      ${USE}
      report(result);
    `;
    const ran = await inChromium(folder.path, script, { isolated });
    expectLogits(ran.logits, digit);
    expect(ran).toMatchObject({ ...expected, threads });
  });
});
