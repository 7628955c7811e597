/**
 * Torchvision's networks with random weights, as PyTorch exports them with folded and unfolded
 * batch norms: imported, they give PyTorch's outputs in WebAssembly. Runs where Debian's PyTorch
 * is installed; the files are made once and kept in the system's folder for temporary files.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tryCompileOnnx } from "../../../src/compile-onnx.ts";
import { check } from "../../../src/check/check.ts";
import { tryImportOnnx } from "../../../src/import.ts";
import { relativeError } from "../../relative-error.ts";

const PYTHON = "/usr/bin/python3";
const SCRIPT = "bench/onnx/make_networks.py";

/** VGG-11 has 133 million weights, two files of 531 MB: it is taken in where that is asked for. */
const NAMES = [
  "resnet18",
  "mobilenet_v2",
  "squeezenet1_1",
  "densenet121",
  "googlenet",
  "inception_v3",
  "shufflenet_v2_x1_0",
  "mnasnet0_5",
  "efficientnet_b0",
  "regnet_y_400mf",
  "convnext_tiny",
  ...(process.env["CNN_LARGE_NETWORKS"] === "1" ? ["vgg11_bn"] : []),
];

function missing(): string | undefined {
  if (!existsSync(PYTHON)) return `there is no ${PYTHON}`;
  try {
    execFileSync(PYTHON, ["-c", "import torchvision, torch"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "PyTorch and torchvision are not installed (Debian: python3-torch, python3-torchvision)";
  }
}

/** The folder with the models, made by one process for all of them. */
function makeNetworks(): string {
  const folder = join(tmpdir(), "cnn-lang-networks");
  execFileSync(PYTHON, [SCRIPT, folder, ...NAMES], { stdio: "ignore" });
  return folder;
}

const reason = missing();
if (reason !== undefined)
  process.stderr.write(`networks are not compared with PyTorch: ${reason}\n`);

interface Shapes {
  readonly input: readonly number[];
  readonly output: readonly number[];
}

describe.skipIf(reason !== undefined)("as PyTorch", () => {
  const folder = reason === undefined ? makeNetworks() : "";
  const models = NAMES.flatMap((name) => [
    [name, `${name}.onnx`],
    [name, `${name}.unfolded.onnx`],
  ]);
  it.each(models)(
    "%s: %s",
    async (name, file) => {
      const all: Readonly<Record<string, Shapes>> = JSON.parse(
        readFileSync(join(folder, "networks.json"), "utf8"),
      );
      const { input, output } = all[name];
      const numbers = readFileSync(join(folder, `${name}.bin`));
      const count = input.reduce((product, size) => product * size, 1);
      const floats = new Float32Array(new Uint8Array(numbers).buffer);
      const bytes = readFileSync(join(folder, file));

      const compiled = await tryCompileOnnx(bytes, { file, target: "wasm" });
      if (compiled.net === undefined) throw new Error(JSON.stringify(compiled.diagnostics[0]));
      const { logits } = compiled.net.run({
        image: { shape: input, data: floats.subarray(0, count) },
      });
      compiled.net.close();
      expect(logits.shape).toEqual(output);
      const wanted = Float64Array.from(floats.subarray(count));
      expect(relativeError(logits.data, wanted)).toBeLessThan(1e-4);

      const written = await tryImportOnnx(bytes, { file, weightsFile: "net.safetensors" });
      if (written.text === undefined) throw new Error(JSON.stringify(written.diagnostics[0]));
      const { diagnostics } = check({ name: "net.cnn", text: written.text }, { remedies: false });
      expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
      // Blocks and rounds: the longest, Inception v3 with its 94 convolutions, has about 100 lines.
      expect(written.text.split("\n").length).toBeLessThan(120);
    },
    120_000,
  );
});
