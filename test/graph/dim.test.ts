import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Dim,
  add,
  bounds,
  ceilDiv,
  degreeOf,
  divideExactly,
  floorDiv,
  formatDim,
  formatShape,
  fractionOf,
  keyOf,
  mod,
  mul,
  named,
  namesIn,
  periodOf,
  product,
  sameDim,
  scaleDim,
  sub,
  substitute,
} from "../../src/graph/dim.ts";

const N = named("N");
const C = named("C");
const H = named("H");
const W = named("W");
const H4 = named("H", { divisor: 4 });
const odd = named("H", { divisor: 2, offset: 1 });

/** What a convolution or pool with this kernel, stride and padding makes of a size. */
const slid = (size: Dim, kernel: number, stride: number, padding: number) =>
  add(floorDiv(sub(add(size, 2 * padding), kernel), stride), 1);

describe("equal sizes have one normal form", () => {
  const cases: readonly [string, Dim, Dim][] = [
    ["sums commute", add(H, W, 1), add(1, W, H)],
    ["products commute", mul(H, W, C), mul(C, H, W)],
    ["products distribute", mul(add(H, 1), add(W, 2)), add(mul(H, W), mul(2, H), W, 2)],
    ["terms cancel", sub(add(H, W), H), W],
    ["a floor of a floor", floorDiv(floorDiv(H, 2), 3), floorDiv(H, 6)],
    [
      "a floor of a shifted floor",
      floorDiv(add(floorDiv(add(H, 1), 2), 1), 2),
      floorDiv(add(H, 3), 4),
    ],
    [
      "a floor of a floor plus another size",
      floorDiv(add(floorDiv(H, 2), W), 2),
      floorDiv(add(H, mul(2, W)), 4),
    ],
    ["multiples leave a floor", floorDiv(add(mul(4, H), 3), 2), add(mul(2, H), 1)],
    ["common factors leave a floor", floorDiv(add(mul(2, H), 3), 4), floorDiv(add(H, 1), 2)],
    ["negative coefficients", floorDiv(sub(3, H), 2), add(1, floorDiv(sub(1, H), 2))],
    ["stride 2 with kernel 3 and with kernel 1", slid(H, 3, 2, 1), slid(H, 1, 2, 0)],
    ["twice stride 2", slid(slid(H, 3, 2, 1), 3, 2, 1), ceilDiv(H, 4)],
    ["kernel 3 with padding 1", slid(H, 3, 1, 1), H],
    ["halved and doubled, divisible", mul(2, floorDiv(H4, 2)), H4],
    ["a remainder that is promised", mod(H4, 2), 0],
    ["another remainder that is promised", mod(odd, 2), 1],
    ["the half of an odd size", add(mul(2, floorDiv(odd, 2)), 1), odd],
    ["facts that say the same", H4, named("H", { divisor: 4, offset: 8, min: 3 })],
    ["a name with a single value", named("H", { min: 5, max: 11, divisor: 8 }), 8],
  ];
  test.each(cases)("%s", (_, a, b) => {
    expect(keyOf(a)).toBe(keyOf(b));
  });

  test("different sizes have different ones", () => {
    const sizes = [H, W, add(H, 1), mul(2, H), mul(H, W), floorDiv(H, 2), ceilDiv(H, 2), 3];
    expect(new Set(sizes.map(keyOf)).size).toBe(sizes.length);
  });

  test("no negative zero arises", () => {
    expect(mul(-1, 0)).toBe(0);
    expect(mul(-3, sub(H, H))).toBe(0);
    expect(sub(0, 0)).toBe(0);
  });

  test("a divisor must be a positive integer", () => {
    expect(() => floorDiv(H, 0)).toThrow(RangeError);
    expect(() => floorDiv(H, 1.5)).toThrow(RangeError);
  });
});

describe("sizes are printed as people write them", () => {
  const cases: readonly [Dim, string][] = [
    [7, "7"],
    [H, "H"],
    [mul(2, H), "2·H"],
    [sub(H, 4), "H - 4"],
    [sub(3, H), "3 - H"],
    [mul(-1, H), "-H"],
    [sub(0, mul(2, H)), "-2·H"],
    [mul(N, C, H, W), "C·H·N·W"],
    [add(mul(H, W), mul(2, W), -1), "H·W + 2·W - 1"],
    [floorDiv(H, 2), "floor(H / 2)"],
    [ceilDiv(H, 2), "floor((H + 1) / 2)"],
    [mul(16, floorDiv(H, 2), floorDiv(W, 2)), "16·floor(H / 2)·floor(W / 2)"],
    [mod(H, 4), "H - 4·floor(H / 4)"],
    [H4, "H"],
    [floorDiv(H4, 2), "H/2"],
    [floorDiv(H4, 4), "H/4"],
    [add(floorDiv(H4, 4), 3), "H/4 + 3"],
    [mul(3, floorDiv(H4, 2)), "3·H/2"],
    [mul(H4, floorDiv(H4, 4)), "H·H/4"],
    [floorDiv(H4, 12), "floor(H / 12)"],
    [floorDiv(add(H4, 4), 12), "floor((H + 4) / 12)"],
    [odd, "H"],
    [add(odd, 1), "H + 1"],
    [floorDiv(odd, 2), "(H - 1)/2"],
    [ceilDiv(odd, 2), "(H + 1)/2"],
    [mul(W, floorDiv(odd, 2)), "H·W/2 - W/2"],
    [floorDiv(mul(H, W), 4), "floor(H·W / 4)"],
  ];
  test.each(cases)("%#: %s", (dim, text) => {
    expect(formatDim(dim)).toBe(text);
  });

  test("shapes", () => {
    expect(formatShape([N, 16, floorDiv(H, 2), 1])).toBe("[N, 16, floor(H / 2), 1]");
  });
});

describe("exact division", () => {
  const cases: readonly [string, Dim, Dim, Dim | undefined][] = [
    ["numbers", 12, 4, 3],
    ["numbers with a remainder", 13, 4, undefined],
    ["by zero", H, 0, undefined],
    ["zero", 0, H, 0],
    ["by a negative number", mul(-2, H), -2, H],
    ["by a number", add(mul(4, H), 8), 4, add(H, 2)],
    ["by a number with a remainder", add(mul(4, H), 7), 4, undefined],
    ["of a divisible name", H4, 4, floorDiv(H4, 4)],
    ["by a product of names", mul(N, 16, H, W), mul(N, W), mul(16, H)],
    ["by a product with another coefficient", mul(3, N, H), mul(2, N), undefined],
    ["by itself", add(mul(H, W), 3), add(mul(H, W), 3), 1],
    ["by a sum", mul(N, sub(H, 4), sub(W, 4)), mul(N, sub(H, 4)), sub(W, 4)],
    ["a difference of squares", sub(mul(H, H), mul(W, W)), add(H, W), sub(H, W)],
    ["by a sum with a remainder", add(mul(H, W), 1), add(H, 1), undefined],
    ["by a floor", mul(C, floorDiv(H, 2)), floorDiv(H, 2), C],
    ["a number by a name", 6, H, undefined],
  ];
  test.each(cases)("%s", (_, a, b, quotient) => {
    const actual = divideExactly(a, b);
    if (quotient === undefined) expect(actual).toBeUndefined();
    else expect(actual === undefined ? "none" : formatDim(actual)).toBe(formatDim(quotient));
  });
});

describe("fractions", () => {
  test.each([
    [2, 2, 1],
    [1.5, 3, 2],
    [0.29, 29, 100],
    [1 / 3, 1, 3],
    [0.125, 1, 8],
  ])("%d is %d / %d", (value, numerator, denominator) => {
    expect(fractionOf(value)).toEqual({ numerator, denominator });
  });

  test("a number that is none", () => {
    expect(fractionOf(Math.SQRT2)).toBeUndefined();
    expect(fractionOf(NaN)).toBeUndefined();
  });

  test("scale a size, rounding down", () => {
    expect(scaleDim(5, { numerator: 3, denominator: 2 })).toBe(7);
    // 100 · 0.29 is 28.999… in floating point, and 29 in arithmetic.
    expect(scaleDim(100, { numerator: 29, denominator: 100 })).toBe(29);
    expect(formatDim(scaleDim(H, { numerator: 3, denominator: 2 }))).toBe("H + floor(H / 2)");
  });
});

describe("names", () => {
  test("those that a size depends on", () => {
    expect([...namesIn(add(mul(W, H), floorDiv(add(C, 1), 2)))].sort()).toEqual(["C", "H", "W"]);
    expect([...namesIn(sub(H, H))]).toEqual([]);
  });

  test("may stay when others get values", () => {
    expect(formatDim(substitute(mul(N, C, H), { C: 16, H: 5 }))).toBe("80·N");
  });

  test("may be replaced by sizes", () => {
    expect(substitute(mul(2, floorDiv(H, 2)), { H: H4 })).toEqual(H4);
  });

  test("may not break their facts", () => {
    expect(() => substitute(H4, { H: 6 })).toThrow("H = 6 does not leave 0 on division by 4");
  });
});

/** An expression as a program could build it, beside its meaning in plain arithmetic. */
interface Expression {
  readonly dim: Dim;
  readonly value: (h: number, w: number) => number;
}

const expression = fc.letrec<{ node: Expression }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom<Expression>({ dim: H, value: (h) => h }, { dim: W, value: (_, w) => w }),
    fc.integer({ min: -9, max: 9 }).map((n): Expression => ({ dim: n, value: () => n })),
    fc.tuple(tie("node"), tie("node")).map(([a, b]): Expression => ({
      dim: add(a.dim, b.dim),
      value: (h, w) => a.value(h, w) + b.value(h, w),
    })),
    fc.tuple(tie("node"), tie("node")).map(([a, b]): Expression => ({
      dim: sub(a.dim, b.dim),
      value: (h, w) => a.value(h, w) - b.value(h, w),
    })),
    fc
      .tuple(tie("node"), fc.integer({ min: -4, max: 4 }))
      .map(([a, n]): Expression => ({ dim: mul(a.dim, n), value: (h, w) => a.value(h, w) * n })),
    fc.tuple(tie("node"), fc.integer({ min: 1, max: 6 })).map(([a, n]): Expression => ({
      dim: floorDiv(a.dim, n),
      value: (h, w) => Math.floor(a.value(h, w) / n),
    })),
    fc.tuple(tie("node"), fc.integer({ min: 1, max: 6 })).map(([a, n]): Expression => ({
      dim: mod(a.dim, n),
      value: (h, w) => ((a.value(h, w) % n) + n) % n,
    })),
  ),
})).node;

const positive = fc.integer({ min: 1, max: 200 });

describe("for random expressions", () => {
  test("a size has the value of its arithmetic", () => {
    fc.assert(
      fc.property(expression, positive, positive, ({ dim, value }, h, w) => {
        expect(substitute(dim, { H: h, W: w })).toBe(value(h, w) + 0);
      }),
      { numRuns: 500 },
    );
  });

  test("a product has the product of the values", () => {
    fc.assert(
      fc.property(expression, expression, positive, positive, (a, b, h, w) => {
        const expected = a.value(h, w) * b.value(h, w) + 0;
        expect(substitute(product([a.dim, b.dim]), { H: h, W: w })).toBe(expected);
      }),
    );
  });

  test("the normal form does not depend on the order of construction", () => {
    fc.assert(
      fc.property(expression, expression, expression, (a, b, c) => {
        expect(sameDim(add(a.dim, b.dim, c.dim), add(c.dim, add(b.dim, a.dim)))).toBe(true);
        expect(
          sameDim(mul(a.dim, add(b.dim, c.dim)), add(mul(a.dim, b.dim), mul(c.dim, a.dim))),
        ).toBe(true);
      }),
    );
  });

  test("bounds hold all values", () => {
    fc.assert(
      fc.property(expression, positive, positive, ({ dim, value }, h, w) => {
        const [min, max] = bounds(dim);
        expect(value(h, w)).toBeGreaterThanOrEqual(min);
        expect(value(h, w)).toBeLessThanOrEqual(max);
      }),
    );
  });

  test("a product is divided exactly by its factors", () => {
    fc.assert(
      fc.property(expression, expression, (a, b) => {
        fc.pre(b.dim !== 0);
        const quotient = divideExactly(mul(a.dim, b.dim), b.dim);
        expect(quotient === undefined ? "none" : keyOf(quotient)).toBe(keyOf(a.dim));
      }),
    );
  });

  test("differences of degree 1 repeat with the period", () => {
    fc.assert(
      fc.property(expression, positive, positive, ({ dim, value }, h, w) => {
        fc.pre(degreeOf(dim) === 1);
        const period = periodOf(dim, "H");
        const rise = (at: number) => value(at + period, w) - value(at, w);
        expect(rise(h)).toBe(rise(1));
      }),
    );
  });

  test("printed text evaluates to the value", () => {
    fc.assert(
      fc.property(expression, positive, positive, ({ dim, value }, h, w) => {
        expect(evaluate(formatDim(dim), { H: h, W: w })).toBe(value(h, w) + 0);
      }),
    );
  });

  test("printed text of names with facts evaluates to the value", () => {
    fc.assert(
      fc.property(expression, positive, positive, ({ dim, value }, h, w) => {
        const facts = { H: named("H", { divisor: 4 }), W: named("W", { divisor: 6, offset: 5 }) };
        const sizes = { H: 4 * h, W: 6 * w + 5 };
        expect(evaluate(formatDim(substitute(dim, facts)), sizes)).toBe(
          value(sizes.H, sizes.W) + 0,
        );
      }),
    );
  });
});

/** A calculator for the printed notation, independent of the code that prints it. */
function evaluate(text: string, names: Readonly<Record<string, number>>): number {
  const tokens = text.match(/floor|[A-Z]|\d+|[-+·/()]/g) ?? [];
  let at = 0;
  const sum = (): number => {
    let value = tokens[at] === "-" ? (at++, -term()) : term();
    while (tokens[at] === "+" || tokens[at] === "-")
      value += tokens[at++] === "+" ? term() : -term();
    return value;
  };
  const term = (): number => {
    let value = atom();
    while (tokens[at] === "·" || tokens[at] === "/") {
      value = tokens[at++] === "·" ? value * atom() : value / atom();
    }
    return value;
  };
  const atom = (): number => {
    const token = tokens[at++];
    if (token === "floor") return Math.floor(atom() + 1e-9);
    if (token !== "(") return names[token] ?? Number(token);
    const value = sum();
    at++;
    return value;
  };
  return Math.round(sum() * 1e6) / 1e6 + 0;
}
