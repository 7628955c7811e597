/** ResNet-18's numbers are torchvision's; LeNet-5's are counted by hand. */
import { describe, expect, test } from "vitest";
import {
  activationBytes,
  multiplyAdds,
  nodeMacs,
  parameterCount,
  peakBytes,
} from "../../src/analysis/cost.ts";
import { instantiate } from "../../src/analysis/instantiate.ts";
import { summarize } from "../../src/analysis/summary.ts";
import { type Dim, add, formatDim } from "../../src/graph/dim.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { lenet5, resnet18, twins } from "../graph/models.ts";

function atSizes(graph: Graph, sizes: Readonly<Record<string, number>>): Graph {
  const result = instantiate(graph, sizes);
  if ("problems" in result) throw new Error(JSON.stringify(result.problems));
  return result.graph;
}

const lenet = atSizes(lenet5(), { N: 1 });

describe("LeNet-5", () => {
  test("has 61,706 parameters", () => {
    // 6·25+6, 16·150+16, 120·400+120, 84·120+84, 10·84+10
    expect(parameterCount(lenet)).toBe(156 + 2416 + 48120 + 10164 + 850);
  });

  test("makes 416,520 multiply-adds", () => {
    const convolutions = 28 * 28 * 6 * 25 + 10 * 10 * 16 * 150;
    expect(multiplyAdds(lenet)).toBe(convolutions + 400 * 120 + 120 * 84 + 84 * 10);
  });

  test("keeps 15,002 floats for training and 9,408 at most for a run", () => {
    const outputs = [4704, 4704, 1176, 1600, 1600, 400, 400, 120, 120, 84, 84, 10];
    expect(activationBytes(lenet)).toBe(4 * outputs.reduce((sum, n) => sum + n, 0));
    // The largest pair that lives together: conv1 and its relu; the image is free by then.
    expect(peakBytes(lenet)).toBe(4 * (4704 + 4704));
  });

  test("grows with the batch", () => {
    expect(formatDim(multiplyAdds(lenet5()))).toBe("416520·N");
    expect(peakBytes(lenet5())).toBeUndefined();
    expect(peakBytes(atSizes(lenet5(), { N: 3 }))).toBe(3 * 4 * 9408);
  });
});

describe("ResNet-18", () => {
  const graph = atSizes(resnet18(), { N: 1, H: 224, W: 224 });

  test("has torchvision's parameters and buffers", () => {
    expect(parameterCount(graph)).toBe(11_689_512);
    expect(parameterCount(graph, "buffer")).toBe(9_600);
  });

  test("makes torchvision's multiply-adds in its convolutions and its linear layer", () => {
    const counted = graph.nodes.filter(({ kind }) => kind === "conv" || kind === "linear");
    expect(add(...counted.map((node) => nodeMacs(graph, node)))).toBe(1_814_073_344);
  });
});

describe("summarize", () => {
  test("has a row a layer and totals that are the rows' sums", () => {
    const { rows, totals, inputs } = summarize(lenet);
    const sum = (part: (row: (typeof rows)[number]) => Dim): Dim => add(...rows.map(part));
    expect(inputs).toEqual([{ name: "image", shape: [1, 1, 28, 28] }]);
    expect(rows.map(({ name, kind }) => [name, kind]).slice(0, 3)).toEqual([
      ["conv1", "conv"],
      ["relu1", "relu"],
      ["avg_pool1", "avg_pool"],
    ]);
    expect(rows[2].outputs).toEqual([[1, 6, 14, 14]]);
    expect(sum((row) => row.parameters)).toBe(totals.parameters);
    expect(sum((row) => row.macs)).toBe(totals.macs);
    expect(sum((row) => row.bytes)).toBe(totals.activationBytes);
  });

  test("counts shared weights once", () => {
    const { rows, totals } = summarize(twins());
    expect(rows.map((row) => [row.name, row.parameters, row.sharesWeights])).toEqual([
      ["embed", 20, false],
      ["embed#2", 0, true],
      ["relu1", 0, false],
    ]);
    expect(totals.parameters).toBe(20);
  });
});
