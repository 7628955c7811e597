/**
 * The examples at the size that they are used with, in WebAssembly, stopped after every pass that
 * changes them, against PyTorch: weights and inputs by a formula, outputs in float64. The
 * reference interpreter would take minutes. VGG-11 is left out for its 133 million weights.
 */
import { describe, expect, test } from "vitest";
import { instantiate } from "../../src/analysis/instantiate.ts";
import { check } from "../../src/check/check.ts";
import { knownShape } from "../../src/graph/access.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { printGraph } from "../../src/graph/print.ts";
import { optimize } from "../../src/optimize/optimize.ts";
import { sizesFromInputs } from "../../src/runtime/inputs.ts";
import { prepareWasm } from "../../src/runtime/wasm-target.ts";
import outputs from "../material/network-outputs-full.json" with { type: "json" };
import { example, resolveExample } from "./examples.ts";
import { values } from "./formula.ts";

const nets = [
  { file: "resnet18", expected: outputs.resnet18 },
  { file: "mobilenet-v2", expected: outputs.mobilenet_v2 },
  { file: "squeezenet", expected: outputs.squeezenet1_1 },
  { file: "densenet", expected: outputs.densenet121 },
  { file: "googlenet", expected: outputs.googlenet },
  { file: "vgg", expected: outputs.vgg },
  { file: "unet", expected: outputs.unet },
  { file: "stylegan-adain", expected: outputs.stylegan },
];
/** Of float32 over so many layers, relative to the root of the outputs' mean square. */
const TOLERANCE = 1e-4;

describe.each(nets)("$file", ({ file, expected }) => {
  const graph = graphOf(file, expected.inputs);
  const weights = new Map(
    [...graph.weights.values()].map(({ name, shape }) => [name, values(name, knownShape(shape))]),
  );

  test.each(stopsOf(graph))("gives PyTorch's output after %s", (stopAfter) => {
    const { plan, input, output, run } = prepareWasm(graph, weights, { stopAfter });
    for (const port of plan.inputs) input(port).set(values(port.name, port.shape).data);
    run();
    const [port] = plan.outputs;
    expect(port.shape).toEqual(expected.shape);
    const data = output(port);
    const norm = Math.sqrt(data.reduce((sum, value) => sum + value * value, 0));
    expect(Math.abs(norm / expected.norm - 1)).toBeLessThan(TOLERANCE);
    const scale = expected.norm / Math.sqrt(data.length);
    for (const [i, sample] of expected.samples.entries()) {
      expect(Math.abs(data[i * expected.step] - sample) / scale).toBeLessThan(TOLERANCE);
    }
  });
});

/** The first pass, and every other one that leaves another graph than the one before it. */
function stopsOf(graph: Graph): readonly string[] {
  const stops: string[] = [];
  let last = "";
  optimize(graph, {
    observe: ({ name }, after) => {
      const text = printGraph(after);
      if (text !== last) stops.push(name);
      last = text;
    },
  });
  return stops;
}

function graphOf(file: string, shapes: Readonly<Record<string, readonly number[]>>): Graph {
  const { models } = check(example(file), { resolve: resolveExample, remedies: false });
  const [{ graph }] = models;
  const inputs = new Map(Object.entries(shapes).map(([name, shape]) => [name, { shape }]));
  const instance = instantiate(graph, sizesFromInputs(graph, inputs));
  if ("problems" in instance) throw new Error(JSON.stringify(instance.problems));
  return instance.graph;
}
