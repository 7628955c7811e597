/**
 * Single layers as ONNX models: on the problems of the layers' tests and on random ones, with
 * known and with named sizes.
 */
import { exportOnnx } from "../../src/formats/onnx/export/export-onnx.ts";
import type { Attributes } from "../../src/graph/attributes.ts";
import { decide } from "../../src/graph/condition.ts";
import { randomSource } from "../../src/graph/random.ts";
import { tensorType } from "../../src/graph/tensor-type.ts";
import { layers } from "../../src/layers/index.ts";
import { OPSETS } from "../../src/layers/onnx.ts";
import { attributesOf, layerOf } from "../../test/layers/arguments.ts";
import { layerGraph } from "../../test/layers/layer-graph.ts";
import { type LayerProblem, problems } from "../../test/layers/problems.ts";
import { symbolic } from "../../test/layers/symbolic.ts";
import { inputTensor, weightTensor } from "../../test/layers/tensors.ts";
import { type Case, rounded } from "./case.ts";
import { randomProblems } from "./random-problems.ts";

/** float32 sums of a handful of numbers, where a layer's own tolerance is 0 or next to it. */
const ROUNDING = 2e-6;

/**
 * Refused models are told to `refuse`.
 * @param words kinds of layers; all unless there are any
 */
export function* layerCases(
  words: readonly string[],
  refuse: (what: string) => void,
): Generator<Case> {
  const wanted = (kind: string): boolean => words.length === 0 || words.includes(kind);
  for (const kind of [...layers.keys()].filter(wanted)) {
    for (const problem of problems[kind]) yield* casesOf(kind, problem, refuse);
  }
  for (const { kind, given, shape } of randomProblems()) {
    if (wanted(kind) && works(kind, attributesOf(kind, given), shape))
      yield* casesOf(kind, { given, inputs: [shape] }, refuse);
  }
}

function works(kind: string, attributes: Attributes, shape: readonly number[]): boolean {
  const result = layerOf(kind).shape(attributes, [tensorType(shape)]);
  if ("code" in result) return false;
  return result.requires.every(({ condition }) => decide(condition).holds === "always");
}

function* casesOf(
  kind: string,
  { given, inputs: shapes, range }: LayerProblem,
  refuse: (what: string) => void,
): Generator<Case> {
  const layer = layerOf(kind);
  const attributes = attributesOf(kind, given);
  const types = shapes.map(tensorType);
  const random = randomSource(11);
  const inputs = shapes.map((shape) => rounded(inputTensor(shape, random, range)));
  const weights = Object.fromEntries(
    Object.entries(layer.weights(attributes, types)).map(([role, { shape }]) => [
      role,
      rounded(weightTensor(shape.map(Number), random)),
    ]),
  );
  const { outputs } = layer.reference({ attributes, inputs, weights, mode: "inference" });
  for (const form of ["known", "named"]) {
    const graph = layerGraph(kind, attributes, form === "known" ? types : symbolic(shapes).types);
    if (graph === undefined) continue;
    const [node] = graph.nodes;
    const named = new Map(Object.entries(weights).map(([role, w]) => [node.weights[role], w]));
    for (const opset of OPSETS) {
      const on = shapes.map((shape) => `[${shape.join(", ")}]`).join(" ");
      const what = `${kind} ${JSON.stringify(given)} on ${on}, ${form} sizes, opset ${opset}`;
      const known = [...graph.weights.values()].every(({ shape }) =>
        shape.every((size) => typeof size === "number"),
      );
      const { model } = known ? exportOnnx(graph, named, { opset }) : { model: undefined };
      if (model === undefined) refuse(what);
      else {
        yield {
          what,
          model,
          opset,
          inputs: new Map(inputs.map((tensor, at) => [`x${at}`, tensor])),
          outputs: new Map(outputs.map((tensor, at) => [`y${at}`, tensor])),
          tolerance: Math.max(layer.tolerance, ROUNDING),
        };
      }
    }
  }
}
