/** A package in a process of its own, in a folder without anything else. */
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { buildInto, expectLogits, lenetDigits, scratchFolder } from "./packages.ts";

const LENET = "examples/lenet5.cnn";
const digits = lenetDigits(5);

const SCRIPT = `
import { readFileSync } from "node:fs";
import net, { LeNet5 } from "./model.js";
if (net !== LeNet5 || LeNet5.name !== "LeNet5") throw new Error("the class is not exported");
const digits = JSON.parse(readFileSync("digits.json", "utf8"));
const model = await LeNet5.open();
const copied = digits.map(({ pixels }) => [...model.run({ image: pixels }).output.data]);
const inPlace = digits.map(({ pixels }) => {
  model.inputs.image.data.set(pixels);
  return [...model.run().output.data];
});
const { threads } = model;
console.log(JSON.stringify({ copied, inPlace, threads, labels: LeNet5.labels }));
`;

function runIn(folder: string) {
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "digits.json"), JSON.stringify(digits));
  writeFileSync(join(folder, "main.js"), SCRIPT);
  const { stdout, stderr, status } = spawnSync(process.execPath, ["main.js"], {
    cwd: folder,
    encoding: "utf8",
  });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  return JSON.parse(stdout);
}

describe.each([
  { options: [], files: ["model.d.ts", "model.js", "model.wasm"], threads: 1 },
  { options: ["--threads", "2"], files: ["model.d.ts", "model.js", "model.wasm"], threads: 2 },
  {
    options: ["--external-weights"],
    files: ["model.d.ts", "model.js", "model.wasm", "model.weights"],
    threads: 1,
  },
  { options: ["--single-file"], files: ["model.d.ts", "model.js"], threads: 1 },
  // Elsewhere it warns that there are no wide vectors.
  ...(process.arch === "x64"
    ? [{ options: ["--wide"], files: ["model.d.ts", "model.js", "model.wasm"], threads: 1 }]
    : []),
  {
    options: ["--portable", "--threads", "3", "--weights", "external"],
    files: ["model.d.ts", "model.js", "model.wasm", "model.weights"],
    threads: 3,
  },
])("cnn build lenet5.cnn %j", ({ options, files, threads }) => {
  test("gives PyTorch's logits in a bare process", async () => {
    using folder = scratchFolder();
    await buildInto(folder.path, LENET, ...options);
    expect(readdirSync(folder.path).sort()).toEqual(files);
    const ran = runIn(folder.path);
    expect(ran.labels).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    expect(ran.threads).toBe(threads);
    for (const [i, digit] of digits.entries()) expectLogits(ran.copied[i], digit);
    expect(ran.inPlace).toEqual(ran.copied);
  });
});

test("LeNet-5's code, without its weights, is below 40 KB", async () => {
  using folder = scratchFolder();
  await buildInto(folder.path, LENET, "--external-weights");
  const sizeOf = (name: string): number => statSync(join(folder.path, name)).size;
  expect(sizeOf("model.js") + sizeOf("model.wasm")).toBeLessThan(40_000);
});

test("a build of the same program and weights is the same to the byte", async () => {
  using folder = scratchFolder();
  const build = async (name: string): Promise<readonly Buffer[]> => {
    const path = join(folder.path, name);
    await buildInto(path, LENET, "--threads", "2");
    return ["model.js", "model.wasm", "model.d.ts"].map((file) => readFileSync(join(path, file)));
  };
  expect(await build("a")).toEqual(await build("b"));
});

test("a model that was not opened says how it is", async () => {
  using folder = scratchFolder();
  await buildInto(folder.path, LENET);
  const { LeNet5 } = await import(pathToFileURL(join(folder.path, "model.js")).href);
  expect(() => new LeNet5()).toThrow("LeNet5 is made by LeNet5.open()");
});
