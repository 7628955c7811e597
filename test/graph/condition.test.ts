import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InternalFault } from "../../src/diagnostics/diagnostic.ts";
import { type Condition, atLeast, decide, divisible, equals } from "../../src/graph/condition.ts";
import {
  type Dim,
  add,
  ceilDiv,
  floorDiv,
  mul,
  named,
  sub,
  substitute,
} from "../../src/graph/dim.ts";

const H = named("H");
const W = named("W");
const H4 = named("H", { divisor: 4 });

const verdicts: readonly [string, Condition, string][] = [
  ["known sizes that are equal", equals(5, 5), "always"],
  ["known sizes that are not", equals(20, 21), "never"],
  ["known sizes in order", atLeast(5, 5), "always"],
  ["known sizes out of order", atLeast(4, 5), "never"],
  ["a known multiple", divisible(12, 4), "always"],
  ["a known number that is none", divisible(13, 4), "never"],
  ["one size twice", equals(add(H, W), add(W, H)), "always"],
  ["a size and the next", equals(add(H, 1), H), "never"],
  ["a size and a number", equals(H, 512), "sometimes"],
  ["any size is at least 1", atLeast(H, 1), "always"],
  ["no size is below 1", atLeast(0, H), "never"],
  ["a size against a kernel", atLeast(H, 5), "sometimes"],
  ["a size against its own bound", atLeast(named("H", { min: 32 }), 32), "always"],
  ["halved and doubled", equals(mul(2, floorDiv(H, 2)), H), "sometimes"],
  ["halved and doubled, promised divisible", equals(mul(2, floorDiv(H4, 2)), H4), "always"],
  // Hermite's identity: two normal forms of one size.
  ["both halves", equals(add(floorDiv(H, 2), ceilDiv(H, 2)), H), "always"],
  [
    "all thirds",
    equals(add(floorDiv(H, 3), floorDiv(add(H, 1), 3), floorDiv(add(H, 2), 3)), H),
    "always",
  ],
  ["the half is at most the whole", atLeast(H, ceilDiv(H, 2)), "always"],
  ["the half of a sum", atLeast(add(H, W), floorDiv(add(H, W, 1), 2)), "always"],
  ["an area against a height", atLeast(mul(H, W), H), "unknown"],
  ["binomials", equals(mul(add(H, 1), add(H, 1)), add(mul(H, H), mul(2, H), 1)), "always"],
  ["an even product", divisible(mul(H, add(H, 1)), 2), "always"],
  ["an odd sum", divisible(add(mul(4, H), 1), 2), "never"],
  ["a sum that need not be even", divisible(add(H, W), 2), "sometimes"],
  ["a name with three values", atLeast(named("H", { min: 2, max: 4 }), 2), "always"],
  [
    "a square within bounds",
    atLeast(16, mul(named("H", { max: 4 }), named("H", { max: 4 }))),
    "always",
  ],
];

test.each(verdicts)("%s", (_, condition, holds) => {
  expect(decide(condition).holds).toBe(holds);
});

describe("a counterexample", () => {
  const cases: readonly [string, Condition, Record<string, number>][] = [
    ["is small", equals(mul(2, floorDiv(H, 2)), H), { H: 1 }],
    ["obeys facts", equals(mul(8, floorDiv(H4, 8)), H4), { H: 4 }],
    ["names all sizes", equals(H, W), { H: 2, W: 1 }],
    ["lies far away where it must", atLeast(1_000_000, H), { H: 1_000_001 }],
    [
      "lies far away along one of two names",
      atLeast(add(W, 50_000), floorDiv(H, 3)),
      { H: 150_007, W: 1 },
    ],
  ];
  test.each(cases)("%s", (_, condition, expected) => {
    const verdict = decide(condition);
    expect(verdict).toEqual({ holds: "sometimes", counterexample: expected });
  });
});

test("a symbolic divisor is a fault of the compiler", () => {
  const condition: Condition = { left: H, relation: "divisible by", right: W };
  expect(() => decide(condition)).toThrow(InternalFault);
});

/** Sizes as chains of layers make them. */
const chain = fc
  .array(
    fc.record({
      kernel: fc.integer({ min: 1, max: 5 }),
      stride: fc.integer({ min: 1, max: 3 }),
      scale: fc.integer({ min: 1, max: 2 }),
    }),
    { maxLength: 3 },
  )
  .map((steps) =>
    steps.reduce<Dim>(
      (dim, { kernel, stride, scale }) => mul(scale, add(floorDiv(sub(dim, kernel), stride), 1)),
      H,
    ),
  );

const condition = fc.oneof(
  fc.tuple(chain, chain, fc.integer({ min: -2, max: 2 })).map(([a, b, n]) => equals(a, add(b, n))),
  fc.tuple(chain, chain, fc.integer({ min: -9, max: 9 })).map(([a, b, n]) => atLeast(a, add(b, n))),
  fc.tuple(chain, fc.integer({ min: 2, max: 6 })).map(([a, n]) => divisible(a, n)),
);

function holdsFor({ left, relation, right }: Condition, h: number): boolean {
  const [a, b] = [substitute(left, { H: h }), substitute(right, { H: h })];
  if (typeof a !== "number" || typeof b !== "number") throw new TypeError("a name is left");
  if (relation === "divisible by") return a % b === 0;
  return relation === "==" ? a === b : a >= b;
}

test("verdicts on chains of layers agree with 400 sizes each", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(condition, (c) => {
      const verdict = decide(c);
      seen.add(verdict.holds);
      const outcomes = Array.from({ length: 400 }, (_, k) => holdsFor(c, k + 1));
      if (verdict.holds === "always") expect(outcomes).not.toContain(false);
      if (verdict.holds === "never") expect(outcomes).not.toContain(true);
      if (verdict.holds === "sometimes")
        expect(holdsFor(c, verdict.counterexample["H"])).toBe(false);
      expect(verdict.holds).not.toBe("unknown");
    }),
    { numRuns: 400 },
  );
  expect([...seen].sort()).toEqual(["always", "never", "sometimes"]);
});
