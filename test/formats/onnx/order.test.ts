/** The order of a model's nodes, and what is wrong with the names that tie them together. */
import { expect, test } from "vitest";
import { decodeOnnx } from "../../../src/formats/onnx/import/decode.ts";
import { type Ordered, orderNodes } from "../../../src/formats/onnx/import/order.ts";
import { type ModelText, type NodeText, floats, onnxModel } from "./build.ts";

const relu = (from: string, to: string): NodeText => ({ op: "Relu", in: [from], out: [to] });

function ordered(nodes: readonly NodeText[], outputs: readonly string[], more = {}): Ordered {
  const model: ModelText = {
    inputs: { x: [1, 4] },
    outputs: Object.fromEntries(outputs.map((name) => [name, [1, 4]])),
    nodes,
    ...more,
  };
  const decoded = decodeOnnx(onnxModel(model), "model.onnx");
  if ("code" in decoded) throw new Error(decoded.code);
  return orderNodes(decoded.model);
}

const codes = ({ problems }: Ordered): readonly string[] =>
  problems.map(({ problem }) => problem.code);

test("nodes stand behind the makers of what they read, and those that nothing needs are left out", () => {
  const { nodes, problems } = ordered(
    [relu("b", "y"), relu("a", "b"), relu("x", "a"), relu("x", "z")],
    ["y"],
  );
  expect(problems).toEqual([]);
  expect(nodes.map(({ outputs }) => outputs[0])).toEqual(["a", "b", "y"]);
});

test("a node with two outputs stands there once", () => {
  const split = { op: "Split", in: ["x"], out: ["y", "z"] };
  expect(ordered([split], ["y", "z"]).nodes).toHaveLength(1);
});

test("an input may be an output too", () => {
  const { nodes, problems } = ordered([relu("x", "y")], ["y", "x"]);
  expect(problems).toEqual([]);
  expect(nodes).toHaveLength(1);
});

test.each([
  ["an input", [relu("x", "x"), relu("x", "y")], {}],
  ["a stored tensor", [relu("x", "w"), relu("w", "y")], { weights: [floats("w", [1, 4])] }],
  ["another", [relu("x", "y"), relu("x", "y")], {}],
] as const)("a value that has the name of %s is refused", (_, nodes, more) => {
  expect(codes(ordered(nodes, ["y"], more))).toEqual(["CNN6006"]);
});

test("the first missing values get advice, unless their names are no person's", () => {
  const nearly = "the value".repeat(30);
  const missing = Array.from({ length: 24 }, () => "valeu");
  const { problems } = ordered(
    [relu("x", "value"), { op: "Sum", in: [...missing, "value"], out: ["y"] }],
    ["y"],
  );
  const plain = { node: "y", value: "valeu" };
  expect(problems.map(({ problem }) => problem.facts)).toEqual(
    missing.map((_, at) => (at < 20 ? { ...plain, nearest: "value" } : plain)),
  );
  const long = ordered([relu("x", nearly), relu(`${nearly}s`, "y")], ["y"]);
  expect(long.problems[0].problem.facts).not.toHaveProperty("nearest");
});

test.each([
  [6, ["v0", "v5", "v4", "v3", "v2", "v1", "v0"]],
  [7, ["v0", "v6", "v5", "v4", "v3", "v2", "…", "v0"]],
] as const)("of a circle of %i nodes the first six are named", (length, named) => {
  const circle = Array.from({ length }, (_, at) => relu(`v${at}`, `v${(at + 1) % length}`));
  const [{ problem }] = ordered(circle, ["v0"]).problems;
  expect(problem).toMatchObject({ code: "CNN6005", facts: { nodes: named } });
});
