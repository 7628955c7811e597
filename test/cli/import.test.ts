import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { compileOnnx } from "../../src/compile-onnx.ts";
import { compile } from "../../src/compile.ts";
import { format } from "../../src/editor/format.ts";
import { readNpz } from "../../src/formats/tensors/npz.ts";
import { toTensor } from "../../src/formats/tensors/stored-array.ts";
import { floats, onnxModel } from "../formats/onnx/build.ts";
import { relativeError } from "../relative-error.ts";
import { emptyFolder } from "./empty-folder.ts";
import { cnn } from "./terminal.ts";

const LENET = resolve("test/material/lenet/lenet5_bn.unfolded.onnx");

function expected(name: string) {
  const path = resolve("test/material/lenet/expected.npz");
  const arrays = readNpz(readFileSync(path), path);
  const array = "code" in arrays ? undefined : arrays.get(name);
  if (array === undefined) throw new Error(`no ${name}`);
  return toTensor(array);
}

describe("cnn import", () => {
  test("writes a program that a person would have written, with its weights", async () => {
    const folder = emptyFolder();
    const printed = await cnn(["import", LENET, "-o", "lenet.cnn"], folder);
    expect(printed).toEqual({
      code: 0,
      out: "Lenet5BnUnfolded: 14 layers in lenet.safetensors and lenet.cnn\n",
      err: "",
    });
    expect(readdirSync(folder).toSorted()).toEqual(["lenet.cnn", "lenet.safetensors"]);
    const text = readFileSync(join(folder, "lenet.cnn"), "utf8");
    expect(text).toMatchSnapshot();
    expect(await format(text)).toBe(text);
    const checked = await cnn(["check", "lenet.cnn"], folder);
    expect(checked.code).toBe(0);
    expect(checked.err).not.toContain("error");
  });

  test("gives what the model gives, and so does what is exported from it", async () => {
    const folder = emptyFolder();
    await cnn(["import", LENET, "-o", "lenet.cnn"], folder);
    const { code } = await cnn(["export", "lenet.cnn", "-o", "again.onnx"], folder);
    expect(code).toBe(0);
    const [x, wanted] = [expected("x"), expected("lenet5_bn")];
    const program = await compile(readFileSync(join(folder, "lenet.cnn"), "utf8"), {
      weights: readFileSync(join(folder, "lenet.safetensors")),
    });
    const again = await compileOnnx(readFileSync(join(folder, "again.onnx")));
    for (const net of [program, again]) {
      const outputs = net.run({ [net.inputs[0].name]: x });
      const { data } = outputs[net.outputs[0].name];
      expect(relativeError(data, wanted.data)).toBeLessThan(1e-5);
      net.close();
    }
  });

  test("reads weights from a file beside the model", async () => {
    const folder = emptyFolder();
    await cnn(["import", LENET, "-o", "a.cnn"], folder);
    await cnn(["export", "a.cnn", "-o", "b.onnx", "--external"], folder);
    const { code } = await cnn(["import", "b.onnx", "-o", "c.cnn"], folder);
    expect(code).toBe(0);
    const [a, c] = ["a", "c"].map((name) => readFileSync(join(folder, `${name}.safetensors`)));
    expect(c.equals(a)).toBe(true);
  });

  test("reads no weights through a link out of the model's folder, nor waits for a pipe", async () => {
    const folder = emptyFolder();
    const at = (...names: readonly string[]) => join(folder, ...names);
    const weights = at("hub", "model", "m.onnx.data");
    mkdirSync(at("hub", "model"), { recursive: true });
    await cnn(["import", LENET, "-o", "a.cnn"], folder);
    await cnn(["export", "a.cnn", "-o", "hub/model/m.onnx", "--external"], folder);
    const imported = () => cnn(["import", "hub/model/m.onnx", "-o", "c.cnn"], folder);

    renameSync(weights, at("blob"));
    symlinkSync("../../blob", weights);
    const refused = await imported();
    expect(refused.err).toContain("it is a link that leads out of the model's folder");
    expect(refused.code).toBe(1);

    // As caches of model hubs have it: both are links to where the files are.
    renameSync(at("hub/model/m.onnx"), at("blob.onnx"));
    symlinkSync("../../blob.onnx", at("hub/model/m.onnx"));
    expect((await imported()).err).toBe("");

    // Systems without pipes by name have nothing to wait for.
    rmSync(weights);
    if (spawnSync("mkfifo", [weights]).status !== 0) return;
    rmSync(at("hub/model/m.onnx"));
    renameSync(at("blob.onnx"), at("hub/model/m.onnx"));
    expect((await imported()).err).toContain("it is no file");
  });

  test("keeps labels and the comment of an exported program", async () => {
    const folder = emptyFolder();
    await cnn(["export", resolve("examples/lenet5.cnn"), "-o", "lenet5.onnx"], folder);
    expect((await cnn(["import", "lenet5.onnx"], folder)).code).toBe(0);
    const text = readFileSync(join(folder, "lenet5.cnn"), "utf8");
    expect(text).toContain('@labels("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")');
    expect(text).toContain("normalize(0.1307, std: 0.3081)");
  });

  test("fixes sizes that are open", async () => {
    const folder = emptyFolder();
    const model = onnxModel({
      inputs: { image: ["batch", 3, "height", "width"] },
      outputs: { y: ["batch", 8, "h", "w"] },
      weights: [floats("w", [8, 3, 3, 3])],
      nodes: [
        {
          op: "Conv",
          in: ["image", "w"],
          out: ["y"],
          attributes: { auto_pad: { string: "SAME_UPPER" }, strides: { ints: [2, 2] } },
        },
      ],
    });
    writeFileSync(join(folder, "net.onnx"), model);
    const open = await cnn(["import", "net.onnx"], folder);
    expect(open.code).toBe(1);
    expect(open.err).toContain("--set NAME=SIZE");
    const fixed = await cnn(["import", "net.onnx", "--set", "height=32,width=32"], folder);
    expect(fixed.code).toBe(0);
    expect(readFileSync(join(folder, "net.cnn"), "utf8")).toContain("[batch, 3, 32, 32]");
  });

  test("lists what cannot be expressed, and writes nothing", async () => {
    const folder = emptyFolder();
    const model = onnxModel({
      inputs: { image: ["N", 3, 8, 8] },
      outputs: { y: ["N", 3, 8, 8] },
      nodes: [
        { op: "GridSample", in: ["image", "image"], out: ["a"], name: "warp" },
        { op: "LSTM", in: ["image"], out: ["b"], name: "memory" },
        { op: "Add", in: ["a", "b"], out: ["y"], name: "sum" },
      ],
    });
    writeFileSync(join(folder, "net.onnx"), model);
    const { code, out, err } = await cnn(["import", "net.onnx"], folder);
    expect(code).toBe(1);
    expect(out).toBe("");
    expect(err.match(/error CNN6001/g)).toHaveLength(2);
    expect(err).toContain("warp");
    expect(err).toContain("memory");
    expect(readdirSync(folder)).toEqual(["net.onnx"]);
  });

  test("says what it is given where that is no model", async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, "net.onnx"), "no model at all");
    const { code, err } = await cnn(["import", "net.onnx"], folder);
    expect(code).toBe(1);
    expect(err).toContain("CNN5002: net.onnx is not a valid ONNX file");
    await expect(cnn(["import", "net.cnn"], folder)).resolves.toMatchObject({ code: 2 });
    await expect(cnn(["import", "none.onnx"], folder)).resolves.toMatchObject({ code: 1 });
  });
});

describe("cnn check", () => {
  test("checks an ONNX model", async () => {
    const { code, out, err } = await cnn(["check", LENET]);
    expect(err).toBe("");
    expect(out).toContain("Lenet5BnUnfolded(input: [N, 1, 28, 28]) -> { logits: [N, 10] }");
    expect(code).toBe(0);
  });
});
