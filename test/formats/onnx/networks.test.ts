/**
 * Torchvision's networks with random weights, as PyTorch exports them with folded and unfolded
 * batch norms: imported, they give PyTorch's outputs in WebAssembly. Runs where Debian's PyTorch
 * is installed.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tryCompileOnnx } from "../../../src/compile-onnx.ts";
import { check } from "../../../src/check/check.ts";
import { tryImportOnnx } from "../../../src/import.ts";
import type { Graph } from "../../../src/graph/graph.ts";
import { relativeError } from "../../relative-error.ts";
import { decode } from "./model-text.ts";
import { NETWORKS, makeNetworks, missingTorchvision, torchRun } from "./torchvision.ts";

const LARGE = process.env["CNN_LARGE_NETWORKS"] === "1";

/** VGG-11 has 133 million weights: it is taken in where that is asked for. */
const NAMES = NETWORKS.filter((name) => LARGE || name !== "vgg11_bn");

const reason = missingTorchvision();
if (reason !== undefined)
  process.stderr.write(`networks are not compared with PyTorch: ${reason}\n`);

describe.skipIf(reason !== undefined)("as PyTorch", () => {
  const folder = reason === undefined ? makeNetworks(NAMES) : "";
  const models = NAMES.flatMap((name) => [
    [name, `${name}.onnx`],
    [name, `${name}.unfolded.onnx`],
  ]);
  it.each(models)(
    "%s: %s",
    async (name, file) => {
      const { input, output, weights } = torchRun(folder, name);
      const bytes = readFileSync(join(folder, file));

      const compiled = await tryCompileOnnx(bytes, { file, target: "wasm" });
      if (compiled.net === undefined) throw new Error(JSON.stringify(compiled.diagnostics[0]));
      const { logits } = compiled.net.run({ image: input });
      compiled.net.close();
      expect(logits.shape).toEqual(output.shape);
      expect(relativeError(logits.data, Float64Array.from(output.data))).toBeLessThan(1e-4);

      const written = await tryImportOnnx(bytes, { file, weightsFile: "net.safetensors" });
      if (written.text === undefined) throw new Error(JSON.stringify(written.diagnostics[0]));
      const { diagnostics } = check({ name: "net.cnn", text: written.text }, { remedies: false });
      expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
      expectNames(written.graph, weights, bytes);
      // Blocks and rounds: the longest, Inception v3 with its 94 convolutions, has about 100 lines.
      expect(written.text.split("\n").length).toBeLessThan(120);
    },
    120_000,
  );
});

/** The names of torch's `state_dict`, as far as the file has them. */
function expectNames({ weights }: Graph, names: readonly string[], bytes: Uint8Array): void {
  const stored = new Set(decode(bytes).graph?.initializer.map(({ name }) => name));
  const kept = names.filter((name) => stored.has(name));
  expect(kept.length).toBeGreaterThan(1);
  expect(kept.filter((name) => !weights.has(name))).toEqual([]);
}
