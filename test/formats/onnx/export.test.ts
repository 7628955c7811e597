/**
 * The structure of exported models. That other runtimes compute the same with them is checked
 * by `bench/onnx-outputs.ts`, which needs onnxruntime.
 */
import { describe, expect, test } from "vitest";
import type { Source } from "../../../src/diagnostics/span.ts";
import { type OnnxExportOptions, tryExportOnnx } from "../../../src/export.ts";
import { exportOnnx } from "../../../src/formats/onnx/export/export-onnx.ts";
import { TensorProto_DataLocation as DataLocation } from "../../../src/formats/onnx/schema/onnx_pb.ts";
import { instantiatePartly } from "../../../src/analysis/instantiate.ts";
import { check } from "../../../src/check/check.ts";
import { renderDiagnostics } from "../../../src/diagnostics/render.ts";
import { layers } from "../../../src/layers/index.ts";
import { optimize } from "../../../src/optimize/optimize.ts";
import { isKnown } from "../../../src/graph/dim.ts";
import { tensorType } from "../../../src/graph/tensor-type.ts";
import { OPSETS } from "../../../src/layers/onnx.ts";
import { example, exampleNames, resolveExample } from "../../examples/examples.ts";
import { attributesOf } from "../../layers/arguments.ts";
import { layerGraph } from "../../layers/layer-graph.ts";
import { problemsOf } from "../../layers/problems.ts";
import { symbolic } from "../../layers/symbolic.ts";
import { decode, malformed, modelText } from "./model-text.ts";

function exported(text: string | Source, options: Partial<OnnxExportOptions> = {}) {
  const source = typeof text === "string" ? { name: "model.cnn", text } : text;
  const all = { fresh: 0, dataFile: "model.onnx.data", resolve: resolveExample, ...options };
  const result = tryExportOnnx(source, all);
  if (result.model === undefined) {
    throw new Error(result.diagnostics.map(({ code }) => code).join());
  }
  return { ...result, model: decode(result.model) };
}

const RESIDUAL = `/// A small network
@labels("cat", "dog")
model Small(image: [N, 3, H, W]) -> [N, 2] {
  let a = image -> conv(4, kernel: 3, padding: 1, bias: false) -> batch_norm(momentum: 0.25)
  (image -> conv(4, kernel: 1)) + a -> relu -> dropout(0.2) -> global_avg_pool -> flatten -> fc: linear(2)
}`;

describe("a model in ONNX", () => {
  test("keeps the form that is trained, names and open sizes", () => {
    const { model } = exported(RESIDUAL);
    expect(`\n${RESIDUAL}\n\n${modelText(model)}\n`).toMatchSnapshot();
  });

  test("has its weights beside it where they are more than its file may hold", () => {
    const held = exported(RESIDUAL, { embedUpTo: 600 });
    expect(held.data).toEqual([]);
    const { model, data } = exported(RESIDUAL, { embedUpTo: 599 });
    expect(model.graph?.initializer[0]).toMatchObject({
      dataLocation: DataLocation.EXTERNAL,
      externalData: [{ key: "location", value: "model.onnx.data" }, {}, {}],
    });
    expect(data.reduce((bytes, part) => bytes + part.length, 0)).toBe(600);
  });

  test("keeps what is said about it", () => {
    const { model } = exported(RESIDUAL, { version: "1.2.3" });
    expect(model).toMatchObject({
      irVersion: 8n,
      opsetImport: [{ domain: "", version: 17n }],
      producerName: "cnn-lang",
      producerVersion: "1.2.3",
      docString: "A small network",
      metadataProps: [{ key: "labels", value: '["cat","dog"]' }],
      graph: { name: "Small" },
    });
    const places = model.graph?.node.map(({ name, docString }) => `${name} ${docString}`);
    expect(places).toContain("conv1 model.cnn:4:20");
    expect(places).toContain("fc model.cnn:5:94");
  });

  test("has batch_norm folded and layers called as before when it is optimised", () => {
    const { model } = exported(RESIDUAL, { optimized: true, batch: 2, sizes: { H: 8 } });
    expect(modelText(model)).toMatchInlineSnapshot(`
      "in  image [2, 3, 8, W]
          conv2.weight [4, 3, 1, 1]
          conv2.bias [4]
          fc.weight [2, 4]
          fc.bias [2]
          conv1.weight [4, 3, 3, 3]
          conv1.bias [4]
          conv2 = Conv(image, conv2.weight, conv2.bias, kernel_shape=[1 1], strides=[1 1], pads=[0 0 0 0], dilations=[1 1], group=1)
          conv1 = Conv(image, conv1.weight, conv1.bias, kernel_shape=[3 3], strides=[1 1], pads=[1 1 1 1], dilations=[1 1], group=1)
          conv1/add = Add(conv2, conv1)
          conv1/relu = Relu(conv1/add)
          global_avg_pool1 = GlobalAveragePool(conv1/relu)
          flatten1 = Flatten(global_avg_pool1, axis=1)
          output = Gemm(flatten1, fc.weight, fc.bias, transB=1)
      out output [2, 2]"
    `);
  });

  test("has the version of the file format that came with the opset", () => {
    const versions = OPSETS.map((opset) => exported(RESIDUAL, { opset }).model.irVersion);
    expect(versions).toEqual([7n, 8n, 10n]);
  });

  test("holds weights as float32, once where layers share them", () => {
    const { model } = exported(`model Twice(x: [1, 2, 4, 4]) -> [1, 2, 4, 4] {
      let shared = conv(2, kernel: 1, bias: false)
      x -> shared -> relu -> shared
    }`);
    const [weight, ...others] = model.graph?.initializer ?? [];
    expect(others).toEqual([]);
    expect(weight).toMatchObject({ name: "shared.weight", dims: [2n, 2n, 1n, 1n] });
    expect(weight.rawData).toHaveLength(16);
  });

  test("computes what depends on open sizes from its inputs' shapes", () => {
    const { model } = exported(
      `model Open(x: [N, 4, H, W]) -> [N, 4, H / 2 + 1, 6 * W] where H % 2 == 0 {
        x -> upsample(size: (H / 2 + 1, 6 * W))
      }`,
      { opset: 13 },
    );
    expect(modelText(model)).toMatchInlineSnapshot(`
      "in  x [N, 4, H, W]
          constant [1]
          constant_1 [1]
          constant_2 [1]
          constant_3 [1]
          constant_4 [1]
          constant_5 [1]
          upsample1/Shape = Shape(x)
          upsample1/Gather = Gather(upsample1/Shape, constant)
          upsample1/Gather_1 = Gather(upsample1/Shape, constant_2)
          upsample1/Div = Div(upsample1/Gather_1, constant_2)
          upsample1/Add = Add(upsample1/Div, constant_3)
          upsample1/Gather_2 = Gather(upsample1/Shape, constant_4)
          upsample1/Mul = Mul(upsample1/Gather_2, constant_5)
          upsample1/Concat = Concat(upsample1/Gather, constant_1, upsample1/Add, upsample1/Mul, axis=0)
          output = Resize(x, , , upsample1/Concat, mode=nearest, nearest_mode=floor, coordinate_transformation_mode=asymmetric)
      out output [N, 4, H/2 + 1, 6·W]"
    `);
  });

  test("asks a maximum behind padding for places, so that onnxruntime joins no other padding", () => {
    const { model } = exported(
      "model P(x: [1, 2, 4, 4]) -> [1, 2, 3, 3] { x -> pad(1) -> max_pool(2) }",
    );
    expect(modelText(model)).toContain("output, max_pool1/places = MaxPool(pad1, ");
    const plain = exported("model P(x: [1, 2, 4, 4]) -> [1, 2, 2, 2] { x -> relu -> max_pool(2) }");
    expect(modelText(plain.model)).toContain("output = MaxPool(relu1, ");
  });

  test("copies an output that is an input, or another output too", () => {
    const { model } = exported(`model Copies(x: [1, 2], y: [1, 2]) {
      let z = x -> relu
      { first = z, second = z, y = y }
    }`);
    expect(malformed(model)).toBeUndefined();
    expect(modelText(model)).toMatchInlineSnapshot(`
      "in  x [1, 2]
      in  y [1, 2]
          first = Relu(x)
          second = Identity(first)
          y_1 = Identity(y)
      out first [1, 2]
      out second [1, 2]
      out y_1 [1, 2]"
    `);
  });

  test("has its weights in a file beside it on demand, large ones at a page", () => {
    const { model, data } = exported(
      `model Large(x: [N, 512]) -> [N, 3] { x -> linear(5) -> relu -> linear(60000) -> relu -> linear(3) }`,
      { external: true },
    );
    const bytes = Buffer.concat(data);
    const seen = (model.graph?.initializer ?? []).map((stored) => {
      const { name, dims } = stored;
      expect(stored.dataLocation).toBe(DataLocation.EXTERNAL);
      expect(stored.rawData).toHaveLength(0);
      const entries = stored.externalData.map(({ key, value }) => [key, value]);
      const { location, offset, length } = Object.fromEntries(entries);
      expect(location).toBe("model.onnx.data");
      expect(Number(length)).toBe(4 * Number(dims.reduce((a, b) => a * b, 1n)));
      return { name, offset: Number(offset), end: Number(offset) + Number(length) };
    });
    expect(seen.at(-1)?.end).toBe(bytes.length);
    expect(seen.find(({ name }) => name === "linear2.weight")?.offset).toBe(12288);
    const inside = exported(
      `model Large(x: [N, 512]) -> [N, 3] { x -> linear(5) -> relu -> linear(60000) -> relu -> linear(3) }`,
    );
    for (const [at, { rawData }] of (inside.model.graph?.initializer ?? []).entries()) {
      expect(bytes.subarray(seen[at].offset, seen[at].end).equals(rawData)).toBe(true);
    }
  });
});

describe("every example", () => {
  test.each(exampleNames)("%s is a well-formed model, as trained and optimised", (name) => {
    const [{ graph: open }] = check(example(name), { resolve: resolveExample }).models;
    const instance = instantiatePartly(open, name === "vgg11-bn" ? { H: 224, W: 224 } : {});
    if ("problems" in instance) throw new Error("these sizes work");
    for (const graph of [instance.graph, optimize(instance.graph)]) {
      // Without weights, whose numbers have no part in the structure.
      const { model } = exportOnnx(graph, new Map(), { opset: 17 });
      if (model === undefined) throw new Error("it can be exported");
      expect(malformed(decode(model), [...graph.weights.keys()])).toBeUndefined();
    }
  });
});

describe("every layer", () => {
  const REFUSED = ["adaptive_avg_pool", "adaptive_max_pool", "avg_pool", "upsample"];
  test.each([...layers.keys()])("%s is well-formed at every opset", (kind) => {
    for (const { given, inputs } of problemsOf(kind)) {
      const attributes = attributesOf(kind, given);
      for (const types of [inputs.map(tensorType), symbolic(inputs).types]) {
        const graph = layerGraph(kind, attributes, types);
        if (graph === undefined) continue;
        for (const opset of OPSETS) {
          const result = exportOnnx(graph, new Map(), { opset });
          if (result.model === undefined) {
            expect([kind, result.diagnostics[0].code]).toEqual([kind, "CNN5080"]);
            expect(REFUSED).toContain(kind);
            expect(types.flatMap(({ shape }) => shape).every(isKnown)).toBe(false);
          } else expect(malformed(decode(result.model), [...graph.weights.keys()])).toBeUndefined();
        }
      }
    }
  });
});

describe("what ONNX has no word for", () => {
  function refusal(text: string): string {
    const source = { name: "model.cnn", text };
    const result = tryExportOnnx(source, { fresh: 0, dataFile: "" });
    expect(result.model).toBeUndefined();
    return `\n${text}\n\n${renderDiagnostics(result.diagnostics, result.sources, { color: false })}`;
  }

  test("the parts of a map of any size", () => {
    expect(refusal("model Any(x: [N, 3, H, W]) -> [N, 3, 2, 2] {\n  x -> adaptive_avg_pool(2)\n}"))
      .toMatchInlineSnapshot(`
        "
        model Any(x: [N, 3, H, W]) -> [N, 3, 2, 2] {
          x -> adaptive_avg_pool(2)
        }

        error CNN5080: \`adaptive_avg_pool\` cannot be written in ONNX
          ┌─ model.cnn:2:8
        2 │   x -> adaptive_avg_pool(2)
          │        ^^^^^^^^^^^^^^^^^^^^ the parts of a map of H×W are not known
          │
          help: give values: \`--set H=…\`, \`--set W=…\`
        "
      `);
  });

  test("weights of no known shape", () => {
    expect(refusal("model Any(x: [N, 3, H, W]) -> [N, 5] {\n  x -> flatten -> linear(5)\n}"))
      .toMatchInlineSnapshot(`
      "
      model Any(x: [N, 3, H, W]) -> [N, 5] {
        x -> flatten -> linear(5)
      }

      error CNN5080: \`linear\` cannot be written in ONNX
        ┌─ model.cnn:2:19
      2 │   x -> flatten -> linear(5)
        │                   ^^^^^^^^^ its weight \`linear1.weight\` is [5, 3·H·W]
        │
        help: give values: \`--set H=…\`, \`--set W=…\`
      "
    `);
  });

  test("a size that no input shows by itself", () => {
    expect(refusal("model Any(x: [N, 3, H * W, 2]) {\n  x -> upsample(size: (H, W))\n}"))
      .toMatchInlineSnapshot(`
      "
      model Any(x: [N, 3, H * W, 2]) {
        x -> upsample(size: (H, W))
      }

      error CNN5080: \`upsample\` cannot be written in ONNX
        ┌─ model.cnn:2:8
      2 │   x -> upsample(size: (H, W))
        │        ^^^^^^^^^^^^^^^^^^^^^^ it needs \`H\`, which is the size of no axis of an input
        │
        help: give it a value: \`--set H=…\`
      "
    `);
  });
});
