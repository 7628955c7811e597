/** ONNX models where commands take programs. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { emptyFolder } from "./empty-folder.ts";
import { cnn } from "./terminal.ts";

const LENET = resolve("test/material/lenet/lenet5_bn.unfolded.onnx");
const PROGRAM = resolve("examples/lenet5.cnn");
const DIGIT = resolve("examples/digits/digit-07973-label-1.png");

/** The trained LeNet-5 as an ONNX model, whose images may be of any number. */
async function lenet(folder: string): Promise<void> {
  const { code } = await cnn(["export", PROGRAM, "-o", "lenet.onnx"], folder);
  expect(code).toBe(0);
}

describe("an ONNX model", () => {
  test("is run with its own weights and labels", async () => {
    const folder = emptyFolder();
    await lenet(folder);
    const [model, program] = [
      await cnn(["run", "lenet.onnx", DIGIT], folder),
      await cnn(["run", PROGRAM, DIGIT], folder),
    ];
    expect(program.code).toBe(0);
    expect(model).toEqual(program);
  });

  test("is shown layer by layer", async () => {
    const { code, out } = await cnn(["summary", LENET, "--set", "N=2"]);
    expect(code).toBe(0);
    expect(out).toContain("Lenet5BnUnfolded(input: [2, 1, 28, 28])");
    expect(out).toMatch(/total +61,750/);
  });

  test("is drawn, and written as JSON", async () => {
    const drawn = await cnn(["graph", LENET, "--svg"]);
    expect(drawn).toMatchObject({ code: 0, err: "" });
    expect(drawn.out).toContain("</svg>");
    const { inputs } = JSON.parse((await cnn(["graph", LENET, "--set", "N=3"])).out);
    expect(inputs[0].shape).toEqual([3, 1, 28, 28]);
  });

  test("is planned", async () => {
    const { code, out } = await cnn(["plan", LENET, "--batch", "4"]);
    expect(code).toBe(0);
    expect(out).toContain("(input: [4, 1, 28, 28])");
  });

  test("is built to files that run by themselves", async () => {
    const folder = emptyFolder();
    await lenet(folder);
    const built = await cnn(["build", "lenet.onnx", "--set", "N=1"], folder);
    expect(built).toMatchObject({ code: 0, err: "" });
    expect(readdirSync(join(folder, "dist")).toSorted()).toEqual([
      "model.d.ts",
      "model.js",
      "model.wasm",
    ]);
    expect(readFileSync(join(folder, "dist/model.d.ts"), "utf8")).toContain("LeNet5");
  });

  test("is exported at another opset", async () => {
    const folder = emptyFolder();
    const { code } = await cnn(["export", LENET, "-o", "new.onnx", "--opset", "21"], folder);
    expect(code).toBe(0);
    const checked = await cnn(["check", "new.onnx"], folder);
    expect(checked).toMatchObject({ code: 0, err: "" });
  });

  test("becomes a PyTorch module", async () => {
    const { code, out } = await cnn(["export", LENET, "--to", "pytorch"]);
    expect(code).toBe(0);
    expect(out).toContain("class Lenet5BnUnfolded(nn.Module):");
    expect(out).toContain("nn.BatchNorm2d(6)");
  });

  test("takes no other weights, and has one model", async () => {
    const folder = emptyFolder();
    const weights = await cnn(["build", LENET, "-w", "other.safetensors"], folder);
    expect(weights).toMatchObject({ code: 2, out: "" });
    expect(weights.err).toContain("an ONNX model has its own");
    const model = await cnn(["run", LENET, DIGIT, "--model", "Other"]);
    expect(model.code).toBe(1);
    expect(model.err).toContain("its model is `Lenet5BnUnfolded`");
    expect(existsSync(join(folder, "dist"))).toBe(false);
  });

  test.each(["check", "summary", "graph", "plan", "build", "export -o net.onnx"])(
    "has no size that `%s` could make up",
    async (command) => {
      const folder = emptyFolder();
      const [name, ...options] = command.split(" ");
      const { code, err } = await cnn([name, LENET, "--set", "M=3", ...options], folder);
      expect(code).toBe(1);
      expect(err).toContain("error CNN5022: `Lenet5BnUnfolded` has no size called `M`");
      expect(readdirSync(folder)).toEqual([]);
    },
  );
});
