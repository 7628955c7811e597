/** What is exported and imported again computes the same: every layer, with known and named sizes. */
import { expect, test } from "vitest";
import { instantiate } from "../../../src/analysis/instantiate.ts";
import { exportOnnx } from "../../../src/formats/onnx/export/export-onnx.ts";
import { importOnnx } from "../../../src/formats/onnx/import/import-onnx.ts";
import { toTensor } from "../../../src/formats/tensors/stored-array.ts";
import { isKnown } from "../../../src/graph/dim.ts";
import type { Graph } from "../../../src/graph/graph.ts";
import { randomSource } from "../../../src/graph/random.ts";
import type { Tensor } from "../../../src/graph/tensor.ts";
import { tensorType } from "../../../src/graph/tensor-type.ts";
import { layers } from "../../../src/layers/index.ts";
import type { Opset } from "../../../src/layers/onnx.ts";
import { sizesFromInputs } from "../../../src/runtime/inputs.ts";
import { run } from "../../../src/runtime/reference.ts";
import { attributesOf, layerOf } from "../../layers/arguments.ts";
import { layerGraph } from "../../layers/layer-graph.ts";
import { type LayerProblem, problemsOf } from "../../layers/problems.ts";
import { symbolic } from "../../layers/symbolic.ts";
import { inputTensor, weightTensor } from "../../layers/tensors.ts";

const LEFT_OUT: Readonly<Record<string, string>> = {
  parameter: "a model whose only layer reads no input is refused: its output depends on nothing",
  index_select: "places along an axis of named size are not imported yet",
};

test.each([...layers.keys()].filter((kind) => LEFT_OUT[kind] === undefined))("%s", (kind) => {
  for (const problem of problemsOf(kind)) {
    const types = problem.inputs.map(tensorType);
    const attributes = attributesOf(kind, problem.given);
    for (const opset of [13, 21] as const) {
      holds(kind, problem, layerGraph(kind, attributes, types), opset);
    }
    holds(kind, problem, layerGraph(kind, attributes, symbolic(problem.inputs).types), 17);
  }
});

function holds(
  kind: string,
  { given, inputs: shapes, range }: LayerProblem,
  graph: Graph | undefined,
  opset: Opset,
): void {
  const open = graph?.values.some(({ type }) => !type.shape.every(isKnown)) === true;
  const unknown = [...(graph?.weights.values() ?? [])].some(({ shape }) => !shape.every(isKnown));
  if (graph === undefined || unknown) return;
  const random = randomSource(5);
  const inputs = new Map(shapes.map((shape, at) => [`x${at}`, inputTensor(shape, random, range)]));
  const types = shapes.map(tensorType);
  const made = layerOf(kind).weights(attributesOf(kind, given), types);
  const weights = Object.fromEntries(
    Object.entries(made).map(([role, { shape }]) => [
      role,
      weightTensor(shape.map(Number), random),
    ]),
  );
  const named = Object.entries(weights).map(([role, tensor]): [string, Tensor] => [
    graph.nodes[0].weights[role],
    tensor,
  ]);
  const exported = exportOnnx(graph, new Map(named), { opset });
  // An adaptive pool of a map of any size: `export.test.ts` has the message.
  if (exported.model === undefined) return;
  const imported = importOnnx(exported.model);
  if (imported.model === undefined) {
    // ONNX does not say that two named sizes are equal, or that one is divisible.
    const codes = imported.diagnostics.map(({ code }) => code);
    expect([kind, opset, given, open, codes.filter((code) => !code.startsWith("CNN2"))]).toEqual([
      kind,
      opset,
      given,
      true,
      [],
    ]);
    return;
  }
  const wanted = layerOf(kind).reference({
    attributes: attributesOf(kind, given),
    inputs: [...inputs.values()],
    weights,
    mode: "inference",
  });
  const instance = instantiate(imported.model.graph, sizesFromInputs(imported.model.graph, inputs));
  if ("problems" in instance) throw new Error(JSON.stringify(instance.problems[0].problem));
  const arrays = [...imported.arrays].map(([name, array]): [string, Tensor] => [
    name,
    toTensor(array),
  ]);
  const { outputs } = run(instance.graph, new Map(arrays), inputs);
  for (const [at, { shape, data }] of wanted.outputs.entries()) {
    const got = outputs.get(`y${at}`);
    expect([kind, given, got?.shape]).toEqual([kind, given, shape]);
    const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const differs = data.findIndex(
      (value, i) => !(Math.abs(value - (got?.data[i] ?? NaN)) <= 1e-5 * largest),
    );
    expect([kind, opset, given, differs]).toEqual([kind, opset, given, -1]);
  }
}
