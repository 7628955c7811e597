/** `cnn build` as it is typed: what it writes, and that a failed one leaves the folder as it was. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cnn } from "./terminal.ts";

const LENET = "examples/lenet5.cnn";
const WEIGHTS = "examples/weights/lenet5.safetensors";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "cnn-build-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const contents = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), "latin1")]),
  );

describe("cnn build", () => {
  test("lists what it wrote", async () => {
    const folder = join(root, "deep/dist");
    const { code, out, err } = await cnn(["build", LENET, "--weights", WEIGHTS, "-o", folder]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const lines = out
      .trimEnd()
      .split("\n")
      .map((line) => line.trimEnd().split(/ {2,}/));
    const named = ["model.wasm", "model.d.ts", "model.js"].map((name) => join(folder, name));
    expect(lines.map(([file]) => file)).toEqual(["written", ...named]);
    expect(lines[1][2]).toMatch(/^code \d+\.\d KiB, weights \d+\.\d KiB$/);
  });

  test("takes sizes, threads and algorithms into the package", async () => {
    const options = ["--batch", "3", "--threads", "2", "--precise", "--algorithm", "conv1=direct"];
    await cnn(["build", LENET, "-o", root, ...options]);
    const types = readFileSync(join(root, "model.d.ts"), "utf8");
    expect(types).toContain("readonly image: Tensor<readonly [3, 1, 28, 28]>");
    expect(types).toContain("readonly output: Tensor<readonly [3, 10]>");
  });

  test("replaces an earlier build, with the file that is not written any more", async () => {
    writeFileSync(join(root, "own.txt"), "mine");
    await cnn(["build", LENET, "-o", root, "--weights", "external", "--weights", WEIGHTS]);
    expect(readdirSync(root).sort()).toEqual([
      "model.d.ts",
      "model.js",
      "model.wasm",
      "model.weights",
      "own.txt",
    ]);
    await cnn(["build", LENET, "-o", root]);
    expect(readdirSync(root).sort()).toEqual(["model.d.ts", "model.js", "model.wasm", "own.txt"]);
    await cnn(["build", LENET, "-o", root, "--single-file"]);
    expect(readdirSync(root).sort()).toEqual(["model.d.ts", "model.js", "own.txt"]);
  });

  test.each([
    ["a mistake of the program", ["examples/mistakes/groups.cnn"], "CNN2"],
    ["more than 4 GiB", ["examples/vgg.cnn", "--batch", "10000"], "CNN50"],
    ["a size that is missing", ["examples/resnet18.cnn"], "CNN50"],
    ["weights of another model", [LENET, "-w", "examples/weights/lenet5_bn.safetensors"], "CNN501"],
    ["a layer that the model has not", [LENET, "--algorithm", "conv9=direct"], "CNN5066"],
    ["a weights file that is not there", [LENET, "-w", "no.npz"], "CNN5001"],
  ])("leaves the folder as it was after %s", async (_, argv, message) => {
    await cnn(["build", LENET, "-o", root]);
    const before = contents(root);
    const missing = join(root, "new/folder");
    for (const folder of [root, missing]) {
      const { code, out, err } = await cnn(["build", ...argv, "-o", folder]);
      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(err).toContain(`error ${message}`);
    }
    expect(contents(root)).toEqual(before);
  });

  test("leaves the folder as it was where a file cannot be written", async () => {
    await cnn(["build", LENET, "-o", root]);
    rmSync(join(root, "model.js"));
    mkdirSync(join(root, "model.js"));
    writeFileSync(join(root, "model.js/keep.txt"), "mine");
    const before = readFileSync(join(root, "model.wasm"));
    const { code, out, err } = await cnn(["build", LENET, "-o", root, "--batch", "2"]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("model.js is a folder");
    expect(readFileSync(join(root, "model.wasm"))).toEqual(before);
    expect(readdirSync(root).sort()).toEqual(["model.d.ts", "model.js", "model.wasm"]);
    expect(readdirSync(join(root, "model.js"))).toEqual(["keep.txt"]);
  });

  test("says where a folder cannot be made", async () => {
    writeFileSync(join(root, "file"), "");
    const { code, err } = await cnn(["build", LENET, "-o", join(root, "file/dist")]);
    expect(code).toBe(2);
    expect(err).toContain(`${join(root, "file")} is a file, not a folder`);
    expect(existsSync(join(root, "file/dist"))).toBe(false);
  });

  // Other systems have no file system that refuses folders in this way.
  test.runIf(existsSync("/proc/self"))("gives up where no folder can be made at all", async () => {
    const { code, err } = await cnn(["build", LENET, "-o", "/proc/none/of/these"]);
    expect(code).toBe(2);
    expect(err).toContain("cannot write /proc/none/of/these");
  });

  test.each([
    [["--weights", "a", "--weights", "b"], "--weights is given twice"],
    [["--single-file", "--external-weights"], "choose one of --single-file and --external-weights"],
    [["--single-file", "--weights", "external"], "choose one of"],
    [["--batch", "0"], "--batch takes a whole number"],
    [["--threads", "many"], "--threads takes a whole number"],
    [["extra.cnn"], "`cnn build` takes one file, not 2"],
  ])("refuses %j", async (options, message) => {
    const { code, out, err } = await cnn(["build", LENET, "-o", root, ...options]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(message);
    expect(readdirSync(root)).toEqual([]);
  });
});
