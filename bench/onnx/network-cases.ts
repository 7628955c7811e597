/**
 * Torchvision's networks as PyTorch exports them, imported and exported again, against PyTorch's
 * outputs. They are many and large, so that each is taken in where its name, or `networks` for
 * all, is asked for.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { importOnnx } from "../../src/formats/onnx/import/import-onnx.ts";
import { tensor } from "../../src/graph/tensor.ts";
import { exported } from "../../test/conformance/case.ts";
import {
  NETWORKS,
  makeNetworks,
  missingTorchvision,
  torchRun,
} from "../../test/formats/onnx/torchvision.ts";
import type { Case } from "./case.ts";

const TOLERANCE = 1e-4;
const OPSET = 17;

/** @param words names of networks, or `networks` */
export function* networkCases(words: readonly string[]): Generator<Case> {
  const wanted = NETWORKS.filter((name) => words.includes(name) || words.includes("networks"));
  if (wanted.length === 0) return;
  const missing = missingTorchvision();
  if (missing !== undefined) throw new Error(missing);
  const folder = makeNetworks(wanted);
  for (const name of wanted) {
    const { input, output } = torchRun(folder, name);
    for (const file of [`${name}.onnx`, `${name}.unfolded.onnx`]) {
      const imported = importOnnx(readFileSync(join(folder, file)), { file });
      yield {
        what: `${file}, exported again`,
        model: exported(imported, OPSET),
        opset: OPSET,
        inputs: new Map([["image", tensor(input.shape, Float64Array.from(input.data))]]),
        outputs: new Map([["logits", tensor(output.shape, Float64Array.from(output.data))]]),
        tolerance: TOLERANCE,
      };
    }
  }
}
