/**
 * Small networks in the manner of many exporters: each reads as a person would have written it, and
 * gives what onnxruntime makes of it.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { check } from "../../../src/check/check.ts";
import { compileOnnx } from "../../../src/compile-onnx.ts";
import { importOnnx } from "../../../src/formats/onnx/import/import-onnx.ts";
import { tryImportOnnx } from "../../../src/import.ts";
import { relativeError } from "../../relative-error.ts";
import { EXPECTED, EXPORTERS, type Expected } from "./exporters.ts";

const all: Readonly<Record<string, Expected>> = JSON.parse(readFileSync(EXPECTED, "utf8"));

describe.each(Object.keys(all))("%s", (name) => {
  const bytes = readFileSync(join(EXPORTERS, `${name}.onnx`));
  const { inputs, outputs } = all[name];

  it("reads as it was meant", async () => {
    const file = `${name}.onnx`;
    const { text, diagnostics } = await tryImportOnnx(bytes, { file });
    if (text === undefined) throw new Error(JSON.stringify(diagnostics));
    await expect(text).toMatchFileSnapshot(`exporters/${name}.cnn`);
    const found = check({ name: "net.cnn", text }, { remedies: false }).diagnostics;
    expect(found.filter(({ severity }) => severity === "error")).toEqual([]);
    // At most one at each end.
    expect(text.match(/permute/g)?.length ?? 0).toBeLessThanOrEqual(2);
  });

  it.each(["wasm", "reference"] as const)("gives onnxruntime's numbers: %s", async (target) => {
    const { model } = importOnnx(bytes);
    const ports = model?.graph.inputs.map((id) => model.graph.values[id].name) ?? [];
    const given = Object.values(inputs).map((input, at) => [ports[at], input]);
    const net = await compileOnnx(bytes, { target });
    const [got] = Object.values(net.run(Object.fromEntries(given)));
    net.close();
    const [wanted] = Object.values(outputs);
    expect(got.shape).toEqual(wanted.shape);
    expect(relativeError(got.data, Float64Array.from(wanted.data))).toBeLessThan(1e-5);
  });
});
