/**
 * Runs exported ONNX models in onnxruntime and compares their outputs with the reference
 * interpreter's: every layer on the problems of its tests and on random ones, every example, and
 * layers that runtimes join, at every opset. What is imported and exported again is compared with what it was: ONNX's own
 * backend tests, and torchvision's networks where they are asked for. Debian's `onnx.checker`
 * looks at the same models where it is installed. Ends non-zero where anything differs.
 *
 *     npm --prefix bench ci && npx tsx bench/onnx-outputs.ts [layer, example, test or network …]
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import type { Tensor } from "../src/graph/tensor.ts";
import type { Case } from "./onnx/case.ts";
import { checkModels } from "./onnx/checker.ts";
import { conformanceCases } from "./onnx/conformance-cases.ts";
import { exampleCases } from "./onnx/example-cases.ts";
import { joinedCases } from "./onnx/joined-cases.ts";
import { layerCases } from "./onnx/layer-cases.ts";
import { networkCases } from "./onnx/network-cases.ts";

const words = process.argv.slice(2);
const failures: string[] = [];
const refused: string[] = [];
const folder = mkdtempSync(join(tmpdir(), "onnx-outputs-"));

async function main(): Promise<void> {
  let count = 0;
  const groups = [
    layerCases(words, (what) => refused.push(what)),
    exampleCases(words),
    joinedCases(words),
    conformanceCases(words),
    networkCases(words),
  ];
  for (const cases of groups) {
    for (const one of cases) {
      writeFileSync(join(folder, `${count}-opset-${one.opset}.onnx`), one.model);
      count++;
      const failure = await failureOf(one);
      if (failure !== undefined) failures.push(`${one.what}: ${failure}`);
    }
  }
  console.log(`${count} models in onnxruntime, ${failures.length} wrong`);
  console.log(`${refused.length} refused: parts or weights of a size that is not known`);
  const checked = checkModels(folder);
  console.log(checked.summary);
  failures.push(...checked.failures);
  rmSync(folder, { recursive: true });
  for (const failure of failures) console.log(failure);
  process.exitCode = count === 0 || failures.length > 0 ? 1 : 0;
}

async function failureOf({ model, inputs, outputs, tolerance }: Case): Promise<string | undefined> {
  try {
    // Errors are ours to print.
    const session = await InferenceSession.create(model, { logSeverityLevel: 4 });
    const feeds = [...inputs].map(([name, { shape, data }]) => [
      name,
      new OrtTensor("float32", Float32Array.from(data), [...shape]),
    ]);
    const got = await session.run(Object.fromEntries(feeds));
    const found = [...outputs].map(([name, wanted]) =>
      difference(name, wanted, got[name], tolerance),
    );
    await session.release();
    return found.find((one) => one !== undefined);
  } catch (error) {
    return String(error).split("\n")[0];
  }
}

function difference(
  name: string,
  wanted: Tensor,
  got: OrtTensor | undefined,
  tolerance: number,
): string | undefined {
  if (got === undefined || !(got.data instanceof Float32Array)) return `no ${name}`;
  if (got.dims.join() !== wanted.shape.join()) {
    return `${name} is [${got.dims.join(", ")}], not [${wanted.shape.join(", ")}]`;
  }
  const { data } = got;
  const largest = wanted.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const at = wanted.data.findIndex(
    (value, i) => !(Math.abs(value - data[i]) <= tolerance * largest),
  );
  return at < 0 ? undefined : `${name} is ${data[at]} at ${at}, not ${wanted.data[at]}`;
}

await main();
