/** Values of shared weights and running statistics are PyTorch's (1.13, float64). */
import { describe, expect, test } from "vitest";
import { instantiate } from "../../src/analysis/instantiate.ts";
import { InternalFault } from "../../src/diagnostics/diagnostic.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { type Tensor, tensor } from "../../src/graph/tensor.ts";
import type { Tensors } from "../../src/runtime/inputs.ts";
import { gradients, record, run } from "../../src/runtime/reference.ts";
import { Build } from "../graph/build.ts";
import { lenet5, twins } from "../graph/models.ts";

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

function expectClose(got: Tensor | undefined, wanted: readonly number[]): void {
  expect(got?.data).toHaveLength(wanted.length);
  for (const [i, value] of wanted.entries()) expect(got?.data[i]).toBeCloseTo(value, 8);
}

describe("a convolution on two inputs with the same weights", () => {
  const graph = single(twins());
  const inputs: Tensors = new Map([
    [
      "a",
      tensor(
        [1, 1, 4, 4],
        range(16).map((i) => i / 4 - 2),
      ),
    ],
    [
      "b",
      tensor(
        [1, 1, 4, 4],
        range(16).map((i) => ((i * 7) % 11) / 5 - 1),
      ),
    ],
  ]);
  const weights: Tensors = new Map([
    [
      "embed.weight",
      tensor(
        [2, 1, 3, 3],
        range(18).map((i) => ((i * 5) % 7) / 7 - 0.4),
      ),
    ],
    ["embed.bias", tensor([2], [0.1, -0.2])],
  ]);

  test("gives both results", () => {
    const { outputs } = run(graph, weights, inputs);
    expectClose(
      outputs.get("left"),
      [0.1928571429, 0.2214285714, 0.3071428571, 0.3357142857, 0, 0, 0, 0],
    );
    expectClose(
      outputs.get("right"),
      [
        0.2142857143, 0.06, 0.7285714286, -0.1171428571, -0.9142857143, 0.6171428571, 0.0571428571,
        -0.0457142857,
      ],
    );
  });

  test("adds the gradients of both uses", () => {
    const tape = record(graph, weights, inputs);
    const result = gradients(
      tape,
      new Map([
        ["left", tensor([1, 2, 2, 2], [1, 2, -1, 0.5, 3, -2, 1, 1])],
        ["right", tensor([1, 2, 2, 2], [0.5, -0.5, 1, 2, 0, 1, -1, 0.25])],
      ]),
    );
    expectClose(
      result.weights.get("embed.weight"),
      [
        -6.575, -2.85, -3.525, -1.575, -2.25, -2.925, -0.975, 2.75, 3.175, 0.05, 0.4, 0.2, 0.35,
        0.15, -0.05, 0.1, 0.45, -1.95,
      ],
    );
    expectClose(result.weights.get("embed.bias"), [5.5, 0.25]);
    expectClose(
      result.inputs.get("a"),
      [
        -0.4, -0.4857142857, 0.6571428571, 0.0571428571, 0.1428571429, -0.5714285714, 1.2142857143,
        0.3571428571, 0.1428571429, -1.2142857143, -0.4285714286, 0.7142857143, 0.1142857143,
        0.3428571429, -0.5142857143, 0.1571428571,
      ],
    );
  });

  test("gives no gradient to what the loss does not depend on", () => {
    const tape = record(graph, weights, inputs);
    const result = gradients(tape, new Map([["right", tensor([1, 2, 2, 2], range(8))]]));
    expect([...(result.inputs.get("a")?.data ?? [])]).toEqual(range(16).map(() => 0));
    expect(result.inputs.get("b")?.data.some((value) => value !== 0)).toBe(true);
  });
});

test("branches add up: d (x·x + x) / dx = 2x + 1", () => {
  const build = new Build("Branches");
  const x = build.input("x", [1, 3]);
  const graph = build.graph(build.add("add", [build.add("mul", [x, x]), x]));
  const inputs = new Map([["x", tensor([1, 3], [-2, 0, 5])]]);
  const tape = record(graph, new Map(), inputs);
  expect(tape.outputs.get("output")?.data).toEqual(Float64Array.of(2, 0, 30));
  const result = gradients(tape, new Map([["output", tensor([1, 3], [1, 1, 10])]]));
  expect(result.inputs.get("x")?.data).toEqual(Float64Array.of(-3, 1, 110));
});

describe("training", () => {
  test("updates the statistics of a shared batch_norm once a use, in order", () => {
    const build = new Build("Norms");
    const [a, b] = ["a", "b"].map((name) => build.input(name, [1, 1, 2, 2]));
    const first = build.add("batch_norm", a, {}, { name: "norm" });
    const second = build.add("batch_norm", b, {}, { name: "norm#2", share: "norm" });
    const graph = build.graph({ first, second });
    const weights = new Map([
      ["norm.weight", tensor([1], [1])],
      ["norm.bias", tensor([1], [0])],
      ["norm.running_mean", tensor([1], [0])],
      ["norm.running_var", tensor([1], [1])],
    ]);
    const inputs = new Map([
      ["a", tensor([1, 1, 2, 2], [1, 2, 3, 4])],
      ["b", tensor([1, 1, 2, 2], [0, 2, 4, 10])],
    ]);
    const { outputs, buffers } = run(graph, weights, inputs, { mode: "training" });
    expectClose(outputs.get("first"), [-1.34163542, -0.4472118067, 0.4472118067, 1.34163542]);
    expectClose(outputs.get("second"), [-1.0690445858, -0.5345222929, 0, 1.6035668788]);
    expectClose(buffers.get("norm.running_mean"), [0.625]);
    expectClose(buffers.get("norm.running_var"), [2.826666666666667]);
    expect(weights.get("norm.running_mean")?.data[0]).toBe(0);
    expect(run(graph, weights, inputs).buffers.size).toBe(0);
  });

  test("drops in the backward pass what the forward pass dropped", () => {
    const build = new Build("Drop");
    const x = build.input("x", [1, 64]);
    const graph = build.graph(build.chain(x, ["dropout"], ["dropout"]));
    const ones = tensor(
      [1, 64],
      range(64).map(() => 1),
    );
    let state = 1;
    const random = (): number => (state = (state * 16807) % 2147483647) / 2147483647;
    const tape = record(graph, new Map(), new Map([["x", ones]]), { mode: "training", random });
    const dropped = tape.outputs.get("output");
    const kept = [...(dropped?.data ?? [])].filter((value) => value !== 0).length;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(64);
    // y = x · mask, so that for x = 1 and dy = 1 the gradient is y itself; twice, as it replays.
    for (let i = 0; i < 2; i++) {
      const result = gradients(tape, new Map([["output", ones]]));
      expect(result.inputs.get("x")?.data).toEqual(dropped?.data);
    }
  });
});

describe("what was not checked", () => {
  test("an input of another shape is a fault", () => {
    const inputs = new Map([["a", tensor([1], [0])]]);
    expect(() => run(single(twins()), new Map(), inputs)).toThrow(InternalFault);
  });

  test("a graph with named sizes is a fault", () => {
    const image = tensor([1, 1, 28, 28], new Float64Array(784));
    expect(() => run(lenet5(), new Map(), new Map([["image", image]]))).toThrow(InternalFault);
  });
});

/** The graph for a batch of one. */
function single(graph: Graph): Graph {
  const result = instantiate(graph, { N: 1 });
  if ("problems" in result) throw new Error(JSON.stringify(result.problems));
  return result.graph;
}
