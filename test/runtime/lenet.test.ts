/** LeNet-5 as PyTorch trained it: logits, real digits and gradients (`test/material/lenet`). */
import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { instantiate } from "../../src/analysis/instantiate.ts";
import { readImage } from "../../src/formats/images/image.ts";
import { readNpz } from "../../src/formats/tensors/npz.ts";
import { readSafetensors } from "../../src/formats/tensors/safetensors.ts";
import { toTensor } from "../../src/formats/tensors/stored-array.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { type Tensor, widened } from "../../src/graph/tensor.ts";
import { type Tensors, checkInputs, sizesFromInputs } from "../../src/runtime/inputs.ts";
import { gradients, record, run } from "../../src/runtime/reference.ts";
import { bindWeights } from "../../src/runtime/weights.ts";
import { lenet5 } from "../graph/models.ts";

const DIGITS = "examples/digits";

function npz(path: string): Tensors {
  const arrays = readNpz(readFileSync(path), path);
  if ("code" in arrays) throw new Error(arrays.code);
  return new Map([...arrays].map(([name, array]) => [name, toTensor(array)]));
}

function weightsOf(graph: Graph, path: string): Tensors {
  const arrays = readSafetensors(readFileSync(path), path);
  if ("code" in arrays) throw new Error(arrays.code);
  const { weights, diagnostics } = bindWeights(graph, arrays, path);
  expect(diagnostics).toEqual([]);
  return widened(weights);
}

function get(tensors: Tensors, name: string): Tensor {
  const found = tensors.get(name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

function forBatch(graph: Graph, image: Tensor): Graph {
  const inputs = new Map([["image", image]]);
  expect(checkInputs(graph, inputs)).toEqual([]);
  const result = instantiate(graph, sizesFromInputs(graph, inputs));
  if ("problems" in result) throw new Error(JSON.stringify(result.problems));
  return result.graph;
}

/** The largest difference over the largest wanted magnitude. */
function relativeError(got: Tensor, wanted: Tensor): number {
  expect(got.shape).toEqual(wanted.shape);
  const scale = wanted.data.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  return got.data.reduce((max, v, i) => Math.max(max, Math.abs(v - wanted.data[i])), 0) / scale;
}

const expected = npz("test/material/lenet/expected.npz");
const digits: Readonly<
  Record<string, { label: number; lenet5: { logits: number[] }; lenet5_bn: { logits: number[] } }>
> = JSON.parse(readFileSync("test/material/lenet/digits/expected.json", "utf8"));

describe.each([
  ["lenet5", lenet5()],
  ["lenet5_bn", lenet5("batch_norm")],
] as const)("%s", (name, model) => {
  const weights = weightsOf(model, `examples/weights/${name}.safetensors`);

  test("gives PyTorch's logits to 1e-5", () => {
    const image = get(expected, "x");
    const { outputs } = run(forBatch(model, image), weights, new Map([["image", image]]));
    expect(relativeError(get(outputs, "logits"), get(expected, name))).toBeLessThan(1e-5);
  });

  test("reads all 20 digits", () => {
    const files = readdirSync(DIGITS).sort();
    expect(files).toEqual(Object.keys(digits).sort());
    for (const file of files) {
      const { label, [name]: wanted } = digits[file];
      const input = { name: "image", shape: [1, 1, 28, 28] };
      const pixels = readImage(readFileSync(`${DIGITS}/${file}`), file, input);
      if ("code" in pixels) throw new Error(pixels.code);
      const image = { ...pixels, data: pixels.data.map((v) => (v - 0.1307) / 0.3081) };
      const { outputs } = run(forBatch(model, image), weights, new Map([["image", image]]));
      const logits = [...get(outputs, "logits").data];
      expect(logits.indexOf(Math.max(...logits))).toBe(label);
      for (const [i, logit] of logits.entries()) {
        expect(Math.abs(logit - wanted.logits[i])).toBeLessThan(2e-4);
      }
    }
  });
});

test("the backward pass gives PyTorch's gradients of the cross-entropy", () => {
  const truth = npz("test/material/lenet/gradients.npz");
  const image = get(truth, "x");
  const graph = forBatch(lenet5(), image);
  const names = [...graph.weights.keys()];
  const weights = new Map(names.map((name) => [name, get(truth, `init.${name}`)]));
  const tape = record(graph, weights, new Map([["image", image]]), { mode: "training" });
  const logits = get(tape.outputs, "logits");
  expect(relativeError(logits, get(truth, "logits"))).toBeLessThan(1e-6);

  const { loss, gradient } = crossEntropy(logits, get(truth, "labels"));
  expect(loss).toBeCloseTo(get(truth, "loss").data[0], 6);
  const result = gradients(tape, new Map([["logits", gradient]]));
  expect([...result.weights.keys()]).toEqual(names);
  for (const [name, part] of result.weights) {
    expect(relativeError(part, get(truth, `grad.${name}`)), name).toBeLessThan(1e-6);
  }
});

/** Mean over the batch, and its gradient `(softmax - one hot) / N`. */
function crossEntropy({ shape, data }: Tensor, labels: Tensor): { loss: number; gradient: Tensor } {
  const [batch, classes] = shape;
  const gradient = new Float64Array(data.length);
  let loss = 0;
  for (let n = 0; n < batch; n++) {
    const row = data.subarray(n * classes, (n + 1) * classes);
    const total = row.reduce((sum, logit) => sum + Math.exp(logit), 0);
    loss -= (row[labels.data[n]] - Math.log(total)) / batch;
    row.forEach((logit, c) => {
      const hot = c === labels.data[n] ? 1 : 0;
      gradient[n * classes + c] = (Math.exp(logit) / total - hot) / batch;
    });
  }
  return { loss, gradient: { shape, data: gradient } };
}
