/** Products of computed matrices, however their elements lie. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Graph } from "../../../src/graph/graph.ts";
import { layers } from "../../../src/layers/index.ts";
import { Build } from "../../graph/build.ts";
import { errorInWasm } from "../compare.ts";

interface Product {
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  readonly batch: readonly number[];
  /** Whether a side has its matrices the other way round, and a permutation before it. */
  readonly transposed: readonly [boolean, boolean];
  /** Whether a side has one matrix for all. */
  readonly single: readonly [boolean, boolean];
  readonly relu: boolean;
}

function graphOf({ rows, depth, columns, batch, transposed, single, relu }: Product): Graph {
  const build = new Build("Product");
  const side = (at: 0 | 1, name: string, size: readonly [number, number]): number => {
    const before = single[at] ? batch.slice(1).map(() => 1) : batch;
    const matrix = transposed[at] ? size.toReversed() : size;
    const given = build.input(name, [...before, ...matrix]);
    if (!transposed[at]) return given;
    const axes = [...before.keys()];
    return build.add("permute", [given], {
      order: [...axes, axes.length + 1, axes.length],
    });
  };
  const sides = [side(0, "a", [rows, depth]), side(1, "b", [depth, columns])];
  const product = build.add("matmul", sides, {});
  return build.graph({ y: relu ? build.add("relu", [product], {}) : product });
}

test("matrices of any size and order, alone and side by side", () => {
  const flags = fc.tuple(fc.boolean(), fc.boolean());
  const given = fc.record({
    rows: fc.integer({ min: 1, max: 20 }),
    depth: fc.integer({ min: 1, max: 20 }),
    columns: fc.integer({ min: 1, max: 35 }),
    batch: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
    transposed: flags,
    single: flags,
    relu: fc.boolean(),
  });
  const tolerance = layers.get("matmul")?.tolerance ?? 0;
  fc.assert(
    fc.property(given, (product) => {
      expect(errorInWasm(graphOf(product))).toBeLessThanOrEqual(tolerance);
    }),
    { numRuns: 150 },
  );
});
