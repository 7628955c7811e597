/**
 * Hosts at the edge of a network have neither files nor processes nor workers, and some compile no
 * bytes at run time. A context of `node:vm` with nothing but the language stands for them.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildInto, expectLogits, lenetDigits, scratchFolder } from "./packages.ts";

const [digit] = lenetDigits(1);

/** Runs `model.js` in a bare context, and hands it what hosts hand over. */
const HOST = `
import { readFileSync } from "node:fs";
import vm from "node:vm";
const bytes = readFileSync("model.wasm");
const weights = readFileSync("model.weights");
const results = {};
for (const wasm of [true, false]) {
  const context = vm.createContext(
    { given: { bytes, weights, module: new WebAssembly.Module(bytes), pixels: ${JSON.stringify(digit.pixels)} } },
    { codeGeneration: { strings: false, wasm } },
  );
  const link = () => { throw new Error("model.js imports something"); };
  const model = new vm.SourceTextModule(readFileSync("model.js", "utf8"), { context });
  await model.link(link);
  await model.evaluate();
  const use = new vm.SourceTextModule(\`
    import { LeNet5 } from "model";
    const found = ["process", "require", "fetch", "URL", "Worker", "atob"];
    export const missing = found.every((name) => !(name in globalThis));
    const { bytes, module, weights, pixels } = given;
    const answer = async (wasm) => {
      const warnings = [];
      try {
        const net = await LeNet5.open({ wasm, weights, warn: (text) => warnings.push(text) });
        return { logits: [...net.run({ image: pixels }).output.data], threads: net.threads, warnings };
      } catch (error) {
        return error.message;
      }
    };
    export const fromBytes = await answer(bytes), fromModule = await answer(module);
    export const fromNothing = await answer(undefined);
  \`, { context });
  await use.link(() => model);
  await use.evaluate();
  results[wasm ? "open" : "strict"] = { ...use.namespace };
}
console.log(JSON.stringify(results));
`;

test("a package runs where there is nothing but WebAssembly, from bytes or from a module", async () => {
  using folder = scratchFolder();
  await buildInto(folder.path, "examples/lenet5.cnn", "--external-weights", "--threads", "2");
  writeFileSync(join(folder.path, "host.mjs"), HOST);
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--experimental-vm-modules", "--disable-warning=ExperimentalWarning", "host.mjs"],
    { cwd: folder.path, encoding: "utf8" },
  );
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  const { open, strict } = JSON.parse(stdout);
  for (const { missing, fromModule } of [open, strict]) {
    expect(missing).toBe(true);
    expectLogits(fromModule.logits, digit);
    expect(fromModule).toMatchObject({ threads: 1, warnings: [] });
  }
  expectLogits(open.fromBytes.logits, digit);
  expect(open.fromBytes.threads).toBe(1);
  expect(open.fromBytes.warnings).toEqual([
    "LeNet5 runs on one thread instead of 2: this JavaScript engine has no DecompressionStream",
  ]);
  expect(strict.fromBytes).toMatch(
    /^LeNet5 cannot be loaded: the host refuses to compile model\.wasm \(.+\); .*open\(\{ wasm: module \}\)$/,
  );
  expect(open.fromNothing).toContain("LeNet5 cannot be loaded: ");
});
