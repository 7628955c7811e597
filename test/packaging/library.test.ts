/** The library as Node loads it: a bundle of the modules that other tests import one by one. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectLogits, lenetDigits } from "../package/packages.ts";

const ROOT = join(import.meta.dirname, "../..");
mkdirSync(join(ROOT, "dist"), { recursive: true });
/** Inside the project, so that the library finds the packages that it does not bundle. */
const built = mkdtempSync(join(ROOT, "dist/library-"));

beforeAll(() => {
  const { status, stderr } = spawnSync(process.execPath, ["packaging/library.ts", built], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
afterAll(() => rmSync(built, { recursive: true }));

/** What a fresh process reports, with Node's own way of loading modules. */
function inNode(script: string) {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--input-type=module", "-e", `const built = ${JSON.stringify(built)};\n${script}`],
    { cwd: ROOT, encoding: "utf8" },
  );
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  return JSON.parse(stdout);
}

test.each([
  { entry: "index", source: "src/index.ts" },
  { entry: "prettier", source: "src/editor/prettier-plugin/index.ts" },
  { entry: "vite", source: "src/vite/index.ts" },
])("$entry exports what its source does, by the same names", async ({ entry, source }) => {
  const named = inNode(`
    const names = ${functionNames};
    console.log(JSON.stringify(names(await import(built + "/${entry}.js"))));
  `);
  expect(named).toEqual(functionNames(await import(join(ROOT, source))));
});

/** Exports by the alphabet, with the name that a function has. */
function functionNames(module: object) {
  return Object.entries(module)
    .map(([key, value]) => `${key}: ${typeof value === "function" ? value.name : ""}`)
    .sort();
}

test("nothing of Node is loaded, and Prettier only to format", () => {
  const loaded = inNode(`
    import { registerHooks } from "node:module";
    const packages = [];
    registerHooks({
      resolve(path, context, next) {
        if (!/^[./]/.test(path)) packages.push(path);
        return next(path, context);
      },
    });
    const { format } = await import(built + "/index.js");
    const atFirst = [...packages];
    const text = await format("model M(x:[N,4]){x->relu}");
    console.log(JSON.stringify({ atFirst, later: [...new Set(packages)].sort(), text }));
  `);
  expect(loaded).toEqual({
    atFirst: [],
    later: ["prettier/doc", "prettier/standalone"],
    text: "model M(x: [N, 4]) {\n  x -> relu\n}\n",
  });
});

test("it compiles, and takes a model to ONNX and back", () => {
  const [digit] = lenetDigits(1);
  const { logits, again, refused } = inNode(`
    import { readFileSync } from "node:fs";
    const { ProgramError, compile, compileOnnx, exportOnnx, importOnnx } =
      await import(built + "/index.js");
    const text = readFileSync("examples/lenet5.cnn", "utf8");
    const weights = readFileSync("examples/weights/lenet5.safetensors");
    const image = { shape: [1, 1, 28, 28], data: Float32Array.of(${digit.pixels.join()}) };
    const run = (net) => [...Object.values(net.run({ image }))[0].data];
    const logits = run(await compile(text, { weights }));
    const { model } = exportOnnx(text, { weights });
    const imported = await importOnnx(model);
    const again = [
      run(await compileOnnx(model)),
      run(await compile(imported.text, { weights: Buffer.concat(imported.weights) })),
    ];
    const refused = await compile("model M(x: [N]) { y }").catch((error) => ({
      isProgramError: error instanceof ProgramError,
      codes: error.diagnostics.map(({ code }) => code),
    }));
    console.log(JSON.stringify({ logits, again, refused }));
  `);
  expectLogits(logits, digit);
  expect(again).toEqual([logits, logits]);
  expect(refused).toEqual({ isProgramError: true, codes: ["CNN3001"] });
});

test("every file that the package's entry points name is built", () => {
  const { exports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const named = Object.values<string | Readonly<Record<string, string>>>(exports).flatMap(
    (entry) => (typeof entry === "string" ? [entry] : Object.values(entry)),
  );
  const missing = named.filter((path) => {
    const bundled = path.replace("./dist/node", built);
    const source = path.replace("./dist/", "").replace(/(\.d\.ts|\.js)$/, ".ts");
    return !existsSync(bundled === path ? join(ROOT, source) : bundled);
  });
  expect(missing).toEqual([]);
});
