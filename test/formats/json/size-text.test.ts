import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSize } from "../../../src/formats/json/size-text.ts";
import { type Dim, add, floorDiv, formatDim, keyOf, mul, named } from "../../../src/graph/dim.ts";

const names = new Map<string, Dim>([
  ["H", named("H", { divisor: 4 })],
  ["W", named("W", { divisor: 6, offset: 5, min: 17 })],
  ["N", named("N")],
]);

const leaf = fc.oneof(fc.integer({ min: -9, max: 99 }), fc.constantFrom(...names.values()));
const size: fc.Arbitrary<Dim> = fc.letrec<{ size: Dim }>((tie) => ({
  size: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.tuple(tie("size"), tie("size")).map(([a, b]) => add(a, b)),
    fc.tuple(tie("size"), leaf).map(([a, b]) => mul(a, b)),
    fc.tuple(tie("size"), fc.integer({ min: 1, max: 12 })).map(([a, d]) => floorDiv(a, d)),
  ),
})).size;

describe("parseSize", () => {
  test("reads back every size that is written", () => {
    fc.assert(
      fc.property(size, (dim) => {
        const parsed = parseSize(formatDim(dim), names);
        expect(parsed === undefined ? "unread" : keyOf(parsed)).toBe(keyOf(dim));
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ["H/4", 3],
    ["(W - 5)/6", 4],
    ["floor((W + 1) / 2)", 15],
    ["2·H + 1", 25],
    ["H/4 + W/6 - 5/6", 7],
    ["3 - N", 1],
  ])("%s at H = 12, W = 29, N = 2 is %i", (text, value) => {
    const known = new Map<string, Dim>([
      ["H", 12],
      ["W", 29],
      ["N", 2],
    ]);
    expect(parseSize(text, known)).toBe(value);
  });

  test.each([
    "",
    "H +",
    "X",
    "H/0",
    "H/3",
    "(H",
    "H)",
    "2 H",
    "floor(H",
    "H//2",
    "9007199254740993",
    "H;",
    `${"(".repeat(5000)}H${")".repeat(5000)}`,
    `H${"+H".repeat(10_000)}`,
  ])("refuses %s", (text) => {
    expect(parseSize(text, names)).toBeUndefined();
  });
});
