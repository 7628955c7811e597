/**
 * Writes what onnxruntime makes of the models in test/material/exporters: `expected.json` beside them,
 * with inputs that are numbers without a pattern.
 *
 *     /usr/bin/python3 test/material/exporters/make.py /tmp/twins
 *     npm --prefix bench ci && npx tsx bench/exporter-outputs.ts /tmp/twins
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import {
  EXPECTED,
  EXPORTERS,
  type Expected,
  type Numbers,
} from "../test/formats/onnx/exporters.ts";

const [twins = ""] = process.argv.slice(2);

async function expectedOf(file: string): Promise<Expected> {
  const twin = join(twins, file);
  const path = existsSync(twin) ? twin : join(EXPORTERS, file);
  // Optimised, zeros around a maximum become part of its window, where they count as nothing.
  const session = await InferenceSession.create(readFileSync(path), {
    graphOptimizationLevel: "disabled",
    logSeverityLevel: 4,
  });
  const inputs: Record<string, Numbers> = {};
  const feeds: Record<string, OrtTensor> = {};
  for (const port of session.inputMetadata) {
    if (!port.isTensor) throw new Error(`${port.name} is no tensor`);
    // Open sizes are those of batches.
    const shape = port.shape.map((size) => (typeof size === "number" && size > 0 ? size : 2));
    const count = shape.reduce((product, size) => product * size, 1);
    const bytes = port.type === "uint8";
    const data = Array.from({ length: count }, (_, at) => {
      const value = Math.sin(1.7 * at + 0.01 * at * at);
      return bytes ? Math.round(127.5 + 127 * value) : Math.round(1000 * value) / 1000;
    });
    inputs[port.name] = { shape, data };
    feeds[port.name] = bytes
      ? new OrtTensor("uint8", Uint8Array.from(data), shape)
      : new OrtTensor("float32", Float32Array.from(data), shape);
  }
  const results = Object.entries(await session.run(feeds)).map(([name, { dims, data }]) => {
    if (!(data instanceof Float32Array)) throw new Error(`${name} holds no floats`);
    return [name, { shape: dims, data: Array.from(data, (value) => Number(value.toPrecision(8))) }];
  });
  await session.release();
  return { inputs, outputs: Object.fromEntries(results) };
}

const all: Record<string, Expected> = {};
for (const file of readdirSync(EXPORTERS).filter((name) => name.endsWith(".onnx"))) {
  all[file.replace(".onnx", "")] = await expectedOf(file);
}
writeFileSync(EXPECTED, `${JSON.stringify(all)}\n`);
