/**
 * The examples as ONNX models, as trained and optimised, with weights by a formula and inputs
 * as small as their layers allow. VGG-11 is left out unless it is asked for: it has 133 million
 * weights, and no layer that others lack.
 */
import { instantiate, namedSizes } from "../../src/analysis/instantiate.ts";
import { check } from "../../src/check/check.ts";
import { exportOnnx } from "../../src/formats/onnx/export/export-onnx.ts";
import { knownShape } from "../../src/graph/access.ts";
import { OPSETS } from "../../src/layers/onnx.ts";
import { optimizeWithWeights } from "../../src/optimize/with-weights.ts";
import { run } from "../../src/runtime/reference.ts";
import { example, exampleNames, resolveExample } from "../../test/examples/examples.ts";
import { values } from "../../test/examples/formula.ts";
import { type Case, rounded } from "./case.ts";

const LARGE = "vgg11-bn";

/** float32 through a hundred layers, against float64. */
const TOLERANCE = 1e-4;

/** Of named sizes; others are 2. */
const SIZES: Readonly<Record<string, number>> = { H: 32, W: 32 };

/** @param words names of examples; all unless there are any */
export function* exampleCases(words: readonly string[]): Generator<Case> {
  for (const name of exampleNames) {
    if (words.length > 0 ? words.includes(name) : name !== LARGE) yield* casesOf(name);
  }
}

function* casesOf(name: string): Generator<Case> {
  const { models } = check(example(name), { resolve: resolveExample });
  const [{ graph: open }] = models;
  const sizes = [...namedSizes(open).keys()].map((size) => [size, SIZES[size] ?? 2]);
  const instance = instantiate(open, Object.fromEntries(sizes));
  if ("problems" in instance) throw new Error(`${name} does not work at these sizes`);
  const { graph: known } = instance;
  const inputs = new Map(
    known.inputs.map((id) => {
      const { name: input, type } = known.values[id];
      return [input, rounded(values(input, knownShape(type.shape)))];
    }),
  );
  const weights = new Map(
    [...known.weights.values()].map((weight) => [
      weight.name,
      rounded(values(weight.name, knownShape(weight.shape))),
    ]),
  );
  const { outputs } = run(known, weights, inputs);
  // An adaptive pool needs its map's size.
  const graph = name === LARGE ? known : open;
  for (const [form, written] of [
    ["as trained", { graph, weights }],
    ["optimised", optimizeWithWeights(graph, weights)],
  ] as const) {
    for (const opset of OPSETS) {
      const { model } = exportOnnx(written.graph, written.weights, { opset });
      if (model === undefined) throw new Error(`${name} cannot be exported`);
      const what = `${name} ${form}, opset ${opset}`;
      yield { what, model, opset, inputs, outputs, tolerance: TOLERANCE };
    }
  }
}
