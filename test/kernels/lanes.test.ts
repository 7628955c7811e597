import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kernel } from "../../src/kernels/ir/builder.ts";
import { type Kernel, type Statement, type Vector, at, load } from "../../src/kernels/ir/ir.ts";
import { type Lane, loadLanes, rearrange, storeLanes } from "../../src/kernels/vectors/lanes.ts";
import { prepareKernel } from "./harness.ts";

/** Vector `v` holds 4·v … 4·v + 3, so that a lane's value tells where it comes from. */
function rearranged(patterns: readonly (readonly Lane[])[], vectors: number) {
  const made = kernel("rearrange", (b) => {
    const [input, output] = [b.buffer("input"), b.buffer("output")];
    b.parallel("all", 1, () => {
      const loaded = Array.from({ length: vectors }, (_, i) => b.let(load(at(input, 4 * i))));
      rearrange(b, loaded, patterns, 4).forEach((value, i) => b.store(at(output, 4 * i), value));
    });
  });
  const prepared = prepareKernel(made, [
    Float32Array.from({ length: 4 * vectors }, (_, i) => i),
    4 * patterns.length,
  ]);
  prepared.run();
  return { kernel: made, values: [...prepared.views[1]] };
}

function shufflesIn({ body }: Kernel): number {
  const ofVector = (vector: Vector): number => (vector.op === "shuffle" ? 1 : 0);
  const count = (statement: Statement): number => {
    if (statement.op === "loop") return statement.body.reduce((n, s) => n + count(s), 0);
    return statement.op === "assign" || statement.op === "store" ? ofVector(statement.value) : 0;
  };
  return body.reduce((n, statement) => n + count(statement), 0);
}

describe("lanes of many vectors", () => {
  test("a 4×4 transpose takes eight shuffles", () => {
    const columns = [0, 1, 2, 3];
    const patterns = columns.map((lane) => columns.map((vector) => ({ vector, lane })));
    const { kernel: made, values } = rearranged(patterns, 4);
    expect(values).toEqual([0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15]);
    expect(shufflesIn(made)).toBe(8);
  });

  test("a vector in its own order is not touched", () => {
    const same = [0, 1, 2, 3].map((lane) => ({ vector: 1, lane }));
    expect(shufflesIn(rearranged([same], 2).kernel)).toBe(0);
  });

  test("any lanes of up to nine vectors", () => {
    const lane = fc.record({
      vector: fc.integer({ min: 0, max: 8 }),
      lane: fc.integer({ min: 0, max: 3 }),
    });
    const pattern = fc.array(lane, { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(pattern, { minLength: 1, maxLength: 6 }), (patterns) => {
        const expected = patterns.flat().map((from) => 4 * from.vector + from.lane);
        expect(rearranged(patterns, 9).values).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });
});

test.each([
  [0, 4, [7, 7, 7, 7]],
  [1, 3, [7, 8, 9]],
  [2, 4, [7, 9, 11, 13]],
  [3, 4, [7, 10, 13, 16]],
  [5, 3, [7, 12, 17]],
])("loads elements %i apart", (stride, lanes, expected) => {
  const made = kernel("load", (b) => {
    const [input, output] = [b.buffer("input"), b.buffer("output")];
    b.parallel("all", 1, () => {
      const value = loadLanes(b, at(input, 7), { stride, lanes, width: 4 });
      storeLanes(b, at(output, 0), value, { stride: 2, lanes, width: 4 });
    });
  });
  // Not an element behind the last may be needed.
  const input = Float32Array.from({ length: 8 + stride * (lanes - 1) }, (_, i) => i);
  const prepared = prepareKernel(made, [input, 8]);
  prepared.run();
  expect([...prepared.views[1]].filter((value) => !Number.isNaN(value))).toEqual(expected);
});
