/** The schema is checked by ajv; what is read back must equal what was written. */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { instantiate } from "../../../src/analysis/instantiate.ts";
import { brokenInvariant } from "../../../src/analysis/verify.ts";
import { graphFromJson } from "../../../src/formats/json/graph-reader.ts";
import { graphToJson } from "../../../src/formats/json/graph.ts";
import { named } from "../../../src/graph/dim.ts";
import type { Graph } from "../../../src/graph/graph.ts";
import { Build } from "../../graph/build.ts";
import { lenet5, resnet18, twins, unet } from "../../graph/models.ts";

const schema: object = JSON.parse(readFileSync("src/formats/json/graph.schema.json", "utf8"));
const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);

/** Sizes in attributes, several outputs, vectors. */
function oddities(): Graph {
  const build = new Build("Oddities");
  const [h, w] = [named("H", { divisor: 4, offset: 1, min: 9 }), named("W", { max: 64 })];
  const image = build.input("image", [1, 4, h, w]);
  const style = build.input("style", [1, 8]);
  const clipped = build.add("clip", image, { min: 0, max: 8 });
  const styled = build.add("adain", [clipped, style]);
  const larger = build.add("upsample", styled, { size: [h, w] });
  const parts = build.add("split", larger, { sections: [2] });
  return build.graph(
    { first: parts, second: parts + 1 },
    { doc: 'Says "much"\nin two lines', labels: ["a", "b"], weights: "w.npz" },
  );
}

const resnet224 = instantiate(resnet18(), { N: 2, H: 224, W: 224 });
const models: readonly [string, Graph][] = [
  ["LeNet-5", lenet5("batch_norm")],
  ["ResNet-18 with named sizes", resnet18()],
  ["U-Net with facts", unet()],
  ["shared weights", twins()],
  ["oddities", oddities()],
  ["ResNet-18 at 224×224", "graph" in resnet224 ? resnet224.graph : lenet5()],
];

describe.each(models)("%s", (_, graph) => {
  const json: unknown = JSON.parse(JSON.stringify(graphToJson(graph)));

  test("follows the published schema", () => {
    validate(json);
    expect(validate.errors).toBeNull();
  });

  test("is equal after it was written and read", () => {
    expect(graphFromJson(JSON.stringify(json), "g.json")).toEqual(graph);
  });
});

describe("graphToJson", () => {
  test("says what the graph knows of a node", () => {
    const json = graphToJson(lenet5());
    expect(json.nodes[3]).toEqual({
      name: "conv2",
      kind: "conv",
      attributes: {
        out: 16,
        kernel: [5, 5],
        stride: [1, 1],
        padding: [0, 0, 0, 0],
        dilation: [1, 1],
        groups: 1,
        bias: true,
        in_channels: null,
      },
      inputs: ["avg_pool1"],
      outputs: [{ name: "conv2", dtype: "f32", shape: ["N", 16, 10, 10] }],
      weights: { weight: "conv2.weight", bias: "conv2.bias" },
      receptiveField: {
        height: { size: 14, jump: 2, start: -2 },
        width: { size: 14, jump: 2, start: -2 },
        global: false,
      },
      cost: { parameters: 2416, macs: "240000·N", bytes: "6400·N" },
      source: { file: "model.cnn", start: 30, end: 35 },
    });
    expect(json.cost).toEqual({
      parameters: 61706,
      buffers: 0,
      macs: "416520·N",
      activationBytes: "60008·N",
      peakBytes: null,
    });
    expect(json.sizes).toEqual([{ name: "N" }]);
  });

  test("says what is known of named sizes", () => {
    expect(graphToJson(oddities()).sizes).toEqual([
      { name: "H", divisor: 4, offset: 1, min: 9 },
      { name: "W", max: 64 },
    ]);
  });
});

const text = JSON.stringify(graphToJson(oddities()));

function changed(from: string, to: string): unknown {
  expect(text).toContain(from);
  return JSON.parse(text.replace(from, to));
}

function reasonFor(json: string): unknown {
  const result = graphFromJson(json, "g.json");
  if (!("code" in result)) return "nothing";
  expect(result.code).toBe("version" in result.facts ? "CNN5040" : "CNN5041");
  return result.facts;
}

describe("the schema refuses", () => {
  test.each([
    ["another version", '"version":1', '"version":2'],
    ["a missing name", '"name":"Oddities",', ""],
    ["an unknown member", '"sizes":', '"extra":1,"sizes":'],
    ["a negative size", '"shape":[1,4,', '"shape":[-1,4,'],
    ["another element type", '"dtype":"f32"', '"dtype":"f16"'],
    ["an attribute object of another kind", '{"size":"H"}', '{"number":"H"}'],
    ["a source without a file", '"source":{"file":"model.cnn",', '"source":{'],
  ])("%s", (_, from, to) => {
    expect(validate(changed(from, to))).toBe(false);
  });
});

describe("graphFromJson refuses", () => {
  test.each([
    ["another version", '"version":1', '"version":3', { file: "g.json", version: "3", known: 1 }],
    [
      "a value that is used before it is made",
      '"inputs":["image"]',
      '"inputs":["split1"]',
      { path: "nodes[0].inputs[0]", reason: "no value before this is called `split1`" },
    ],
    [
      "a size over unknown names",
      '"shape":[1,4,"H"',
      '"shape":[1,4,"Q"',
      { path: "inputs[0].shape[2]", reason: "`Q` is no size over `sizes`" },
    ],
    [
      "an unknown layer",
      '"kind":"adain"',
      '"kind":"constructor"',
      { path: "", reason: "node adain1: there is no layer `constructor`" },
    ],
    [
      "a type that the layer does not give",
      '"outputs":[{"name":"clip1","dtype":"f32","shape":[1,4',
      '"outputs":[{"name":"clip1","dtype":"f32","shape":[1,5',
      {
        path: "",
        reason: "node clip1: its output is [1, 5, H, W], its shape rule says [1, 4, H, W]",
      },
    ],
    ["an attribute of another type", '"sections":[2]', '"sections":"two"', undefined],
    [
      "a value twice",
      '"name":"style"',
      '"name":"image"',
      { path: "inputs[1]", reason: "two values are called `image`" },
    ],
    [
      "a text where a list belongs",
      '"labels":["a","b"]',
      '"labels":"ab"',
      { path: "metadata.labels", reason: "a list belongs here" },
    ],
  ])("%s", (_, from, to, facts) => {
    expect(text).toContain(from);
    const reason = reasonFor(text.replace(from, to));
    expect(reason).toMatchObject(facts ?? { file: "g.json", path: "" });
  });

  test.each([
    ["no JSON", "{", "it is not JSON"],
    ["another JSON file", "{}", "`format` is missing"],
    ["a list", "[]", "an object belongs here"],
  ])("%s", (_, json, reason) => {
    expect(reasonFor(json)).toEqual({ file: "g.json", path: "", reason });
  });

  test("deep nesting", () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    expect(reasonFor(text.replace('"sections":[2]', `"sections":${deep}`))).toMatchObject({
      reason: "this is nested too deeply",
    });
  });

  test("anything else without throwing, and accepts only sound graphs", () => {
    const values = ["null", "-1", "1e300", '""', '"H"', "[]", "{}", "true", '"__proto__"', "0.5"];
    // Tokens that may be replaced: numbers, texts and words between punctuation.
    const tokens = [...text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null/g)];
    const change = fc.tuple(fc.nat(tokens.length - 1), fc.constantFrom(...values));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        let json = text;
        for (const [index, value] of changes.sort(([a], [b]) => b - a)) {
          const { index: at, 0: token } = tokens[index];
          json = json.slice(0, at) + value + json.slice(at + token.length);
        }
        const result = graphFromJson(json, "g.json");
        if (!("code" in result)) expect(brokenInvariant(result)).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
  });
});
