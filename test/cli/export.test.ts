import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { decode } from "../formats/onnx/model-text.ts";
import { emptyFolder } from "./empty-folder.ts";
import { cnn } from "./terminal.ts";

const LENET = resolve("examples/lenet5.cnn");
const UNET = resolve("examples/unet.cnn");

describe("cnn export", () => {
  test("writes a model with the weights that the program names", async () => {
    const folder = emptyFolder();
    const printed = await cnn(["export", LENET, "-o", "lenet5.onnx"], folder);
    expect(printed).toEqual({ code: 0, out: "", err: "" });
    const model = decode(readFileSync(join(folder, "lenet5.onnx")));
    expect(model.producerName).toBe("cnn-lang");
    expect(model.graph?.initializer.some(({ name }) => name === "conv1.weight")).toBe(true);
    expect(readdirSync(folder)).toEqual(["lenet5.onnx"]);
  });

  test("puts weights beside it on demand", async () => {
    const folder = emptyFolder();
    const { code } = await cnn(["export", LENET, "-o", "net.onnx", "--external"], folder);
    expect(code).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(["net.onnx", "net.onnx.data"]);
    const { graph } = decode(readFileSync(join(folder, "net.onnx")));
    const [{ externalData }] = graph?.initializer ?? [];
    expect(externalData[0]).toMatchObject({ key: "location", value: "net.onnx.data" });
  });

  test("asks for weights, and makes fresh ones when told to", async () => {
    const folder = emptyFolder();
    const refused = await cnn(["export", UNET, "-o", "unet.onnx"], folder);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain("CNN5051");
    expect(refused.err).toContain("--fresh");
    expect(readdirSync(folder)).toEqual([]);
    const { code } = await cnn(
      ["export", UNET, "-o", "unet.onnx", "--fresh", "--opset", "21", "--optimized"],
      folder,
    );
    expect(code).toBe(0);
    const model = decode(readFileSync(join(folder, "unet.onnx")));
    expect(model.opsetImport[0].version).toBe(21n);
    expect(model.graph?.node.map(({ opType }) => opType)).not.toContain("BatchNormalization");
  });

  test("writes a PyTorch module, to a file or as text", async () => {
    const folder = emptyFolder();
    const printed = await cnn(["export", LENET, "--to", "pytorch"], folder);
    expect(printed).toMatchObject({ code: 0, err: "" });
    expect(printed.out).toContain("class LeNet5(nn.Module):");
    expect(await cnn(["export", LENET, "-o", "net.py"], folder)).toMatchObject({
      code: 0,
      out: "",
    });
    expect(readFileSync(join(folder, "net.py"), "utf8")).toBe(printed.out);
  });

  test("leaves an older file as it is when it fails", async () => {
    const folder = emptyFolder();
    const path = join(folder, "net.onnx");
    writeFileSync(path, "old");
    const failed = await cnn(["export", LENET, "-o", "net.onnx", "--set", "H=7"], folder);
    expect(failed.code).toBe(1);
    expect(failed.err).toContain("CNN5022");
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(folder)).toEqual(["net.onnx"]);
  });

  test.each([
    [["export", LENET], "where to?"],
    [["export", LENET, "-o", "net.pb"], "net.pb does not say which format"],
    [["export", LENET, "-o", "net.onnx", "--opset", "12"], "--opset is one of 13, 17, 21"],
    [
      ["export", LENET, "-o", "n.onnx", "--fresh", "-w", "x"],
      "choose one of --weights and --fresh",
    ],
  ])("explains %j", async (argv, message) => {
    const { code, err } = await cnn(argv, emptyFolder());
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
