/** A pass must keep what a graph computes: compared with the reference after each pass. */
import { describe, expect, it } from "vitest";
import { instantiate } from "../../src/analysis/instantiate.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { deriveWeights } from "../../src/optimize/derive-weights.ts";
import { optimize, passes } from "../../src/optimize/optimize.ts";
import { run } from "../../src/runtime/reference.ts";
import { Build } from "../graph/build.ts";
import { lenet5, resnet18, twins, unet } from "../graph/models.ts";
import { randomInputs, randomWeights } from "../graph/random-values.ts";

function withSizes(graph: Graph, sizes: Record<string, number>): Graph {
  const result = instantiate(graph, sizes);
  if (!("graph" in result)) throw new Error(JSON.stringify(result.problems));
  return result.graph;
}

function square(size: number): readonly [number, number] {
  return [size, size];
}

/** conv → bn → relu → conv with groups and stride → bn, behind an unpadded normalize. */
function foldable(): Graph {
  const build = new Build("Foldable");
  const image = build.input("image", [2, 4, 9, 8]);
  const first = build.chain(
    image,
    ["normalize", { mean: [0.1, 0.2, 0.3, 0.4], std: [0.5, 0.6, 0.7, 0.8] }],
    ["conv", { out: 6, kernel: square(3), groups: 2 }],
    ["batch_norm", { eps: 1e-3 }],
    ["relu"],
    ["dropout", {}],
    ["conv_transpose", { out: 4, kernel: square(3), stride: square(2), groups: 2, bias: false }],
    ["batch_norm"],
    ["depthwise", { kernel: square(3), padding: [1, 1, 1, 1], multiplier: 2 }],
    ["batch_norm", { affine: false }],
  );
  const dead = build.add("relu", first);
  build.add("global_avg_pool", dead);
  const flat = build.chain(first, ["global_avg_pool"], ["flatten"]);
  const features = build.chain(flat, ["linear", { out: 5 }], ["batch_norm"], ["sigmoid"]);
  return build.graph({ features, maps: first });
}

const graphs: Readonly<Record<string, () => Graph>> = {
  "LeNet-5": () => withSizes(lenet5(), { N: 2 }),
  "LeNet-5 with batch_norm": () => withSizes(lenet5("batch_norm"), { N: 2 }),
  "ResNet-18 on 32×32": () => withSizes(resnet18(), { N: 1, H: 32, W: 32 }),
  "U-Net": () => withSizes(unet(), { N: 1, H: 8, W: 12 }),
  "a shared convolution": () => withSizes(twins(), { N: 1 }),
  "every fold": foldable,
};

describe.each(Object.entries(graphs))("%s", (_, make) => {
  const graph = make();
  const weights = randomWeights(graph);
  const inputs = randomInputs(graph);
  const expected = run(graph, weights, inputs).outputs;

  it.each(passes.map((pass) => pass.name))("computes the same after %s", (stopAfter) => {
    const optimized = optimize(graph, { stopAfter });
    const { outputs } = run(optimized, deriveWeights(optimized, weights), inputs);
    expect([...outputs.keys()]).toEqual([...expected.keys()]);
    for (const [name, { data }] of outputs) {
      const reference = expected.get(name)?.data ?? [];
      const largest = Math.max(...reference.map(Math.abs));
      data.forEach((value, i) => {
        expect(Math.abs(value - reference[i])).toBeLessThan(1e-12 * largest);
      });
    }
  });
});

function kindsOf(graph: Graph): readonly string[] {
  return optimize(graph).nodes.map(({ kind, epilogue = [] }) =>
    [kind, ...epilogue.map((step) => step.kind)].join("+"),
  );
}

describe("what is left", () => {
  it("is one kernel for each convolution of LeNet-5 with its norm and activation", () => {
    expect(kindsOf(graphs["LeNet-5 with batch_norm"]())).toEqual([
      "conv+relu",
      "max_pool",
      "conv+relu",
      "max_pool",
      "flatten",
      "linear+relu",
      "linear+relu",
      "linear",
    ]);
  });

  it("adds ResNet's shortcuts inside the convolutions", () => {
    const kinds = kindsOf(graphs["ResNet-18 on 32×32"]());
    expect(kinds.filter((kind) => kind === "conv+add+relu")).toHaveLength(8);
    expect(kinds.filter((kind) => kind === "conv+relu")).toHaveLength(9);
    expect(kinds).not.toContain("add");
    expect(kinds).not.toContain("batch_norm");
  });

  it("has no norm, dropout or dead node where all can go", () => {
    expect(kindsOf(foldable())).toEqual([
      "conv+relu",
      "conv_transpose",
      "depthwise",
      "global_avg_pool",
      "flatten",
      "linear+sigmoid",
    ]);
  });
});
