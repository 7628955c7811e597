/** Which pools the kernel of the convolution before them does, and that it does them right. */
import { describe, expect, test } from "vitest";
import type { Attributes } from "../../../src/graph/attributes.ts";
import type { Graph } from "../../../src/graph/graph.ts";
import { planForWasm } from "../../../src/targets/wasm/plan-graph.ts";
import { Build } from "../../graph/build.ts";
import { errorInWasm } from "../compare.ts";

/** A convolution that is filtered along rows, its activation and a pool. */
interface Net {
  readonly batch?: number;
  readonly size?: readonly [number, number];
  readonly kernel?: readonly [number, number];
  readonly pool?: readonly [kind: string, attributes?: Attributes];
  /** Layers behind the pool. */
  readonly behind?: readonly string[];
  readonly alsoRead?: "by a layer" | "as a result";
  readonly adds?: boolean;
}

function netOf({
  batch = 4,
  size = [12, 12],
  kernel = [5, 5],
  pool = ["max_pool", { kernel: [2, 2] }],
  behind = [],
  alsoRead,
  adds = false,
}: Net): Graph {
  const build = new Build("Pooled");
  const image = build.input("image", [batch, 3, ...size]);
  const first = build.add("conv", image, { out: 6, kernel, padding: [2, 2, 2, 2] });
  const shortcut = adds ? build.add("conv", image, { out: 6, kernel: [1, 1] }) : undefined;
  const sum = shortcut === undefined ? first : build.add("add", [first, shortcut]);
  const map = build.add("relu", sum);
  const [kind, attributes] = pool;
  const y = behind.reduce((x, layer) => build.add(layer, x), build.add(kind, map, attributes));
  if (alsoRead === "as a result") return build.graph({ map, y });
  return build.graph(alsoRead === undefined ? { y } : { y, z: build.add("tanh", map) });
}

function operationsOf(graph: Graph): readonly string[] {
  const planned = planForWasm(graph, { relaxedSimd: true, threads: 1 });
  if (!("plan" in planned)) throw new Error("no plan");
  return planned.plan.steps.map(({ operation }) => operation);
}

const MEAN = ["avg_pool", { kernel: [2, 2] }] as const;

describe("the convolution does the pool", () => {
  test.each<[string, Net]>([
    ["of maxima", {}],
    ["of means", { pool: MEAN }],
    ["of one image", { batch: 1, pool: MEAN }],
    ["of a map with an odd row and column", { size: [11, 13] }],
    ["of a map with a batch that fills no vectors", { batch: 7, pool: MEAN }],
    ["and the activation behind it", { behind: ["tanh"] }],
  ])("%s", (_, net) => {
    const graph = netOf(net);
    const [kind] = net.pool ?? ["max_pool"];
    const operation = ["conv", "relu", kind, ...(net.behind ?? [])].join(" + ");
    expect(operationsOf(graph)).toContain(operation);
    expect(errorInWasm(graph)).toBeLessThan(1e-5);
  });
});

describe("the pool is a kernel of its own", () => {
  test.each<[string, Net]>([
    ["whose windows overlap", { pool: ["max_pool", { kernel: [3, 3], stride: [2, 2] }] }],
    ["with padding", { pool: ["avg_pool", { kernel: [2, 2], padding: [1, 1, 1, 1] }] }],
    ["with dilation", { pool: ["max_pool", { kernel: [2, 2], dilation: [2, 2] }] }],
    [
      "that makes a window of what is left",
      { size: [11, 12], pool: ["max_pool", { kernel: [2, 2], ceil_mode: true }] },
    ],
    ["where another layer reads the map", { alsoRead: "by a layer" }],
    ["where the map is a result", { alsoRead: "as a result" }],
    ["behind a sum", { adds: true }],
    ["behind an algorithm that has no tiles of two rows", { kernel: [1, 1] }],
  ])("%s", (_, net) => {
    const graph = netOf(net);
    const [kind] = net.pool ?? ["max_pool"];
    expect(operationsOf(graph)).toContain(kind);
    expect(errorInWasm(graph)).toBeLessThan(1e-5);
  });
});
