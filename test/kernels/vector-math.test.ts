import { expect, test } from "vitest";
import type { KernelBuilder } from "../../src/kernels/ir/builder.ts";
import { kernel } from "../../src/kernels/ir/builder.ts";
import { type Vector, at, constant, divide, load, multiply } from "../../src/kernels/ir/ir.ts";
import { expInWindow } from "../../src/kernels/vectors/exp-in-window.ts";
import {
  EXP_FACTOR,
  asin,
  atan,
  cos,
  erf,
  exp,
  expOfDifference,
  expOfNegated,
  log,
  log1p,
  sin,
  tanh,
} from "../../src/kernels/vectors/vector-math.ts";
import { erfc } from "../../src/layers/shared/erf.ts";
import { prepareKernel } from "./harness.ts";

type Apply = (b: KernelBuilder, x: Vector) => Vector;

function applied(apply: Apply, x: Float32Array, relaxedFma: boolean): Float32Array {
  const made = kernel("function", (b) => {
    const [input, output] = [b.buffer("input"), b.buffer("output")];
    b.parallel("i", x.length / 4, (i) =>
      b.store(at(output, i.times(4)), apply(b, load(at(input, i.times(4))))),
    );
  });
  const prepared = prepareKernel(made, [x, x.length], { relaxedFma, threads: 1 });
  prepared.run();
  return prepared.views[1];
}

const unscaledExp: Apply = (b, x) => multiply(expOfDifference(b, x), constant(1 / EXP_FACTOR));

const ratioInWindow: Apply = (b, x) =>
  divide(expInWindow(b, x).power, expInWindow(b, constant(0)).power);

const COUNT = 200_000;

/** Float32 numbers at equal distances. */
function sweep(low: number, high: number): Float32Array {
  return Float32Array.from({ length: COUNT }, (_, i) => low + ((high - low) * i) / (COUNT - 1));
}

/** Float32 numbers of all sizes from `low` to `high`. */
function sizes(low: number, high: number): Float32Array {
  const [from, to] = [Math.log(low), Math.log(high)];
  return sweep(from, to).map(Math.exp);
}

const relative = (got: number, wanted: number): number => Math.abs(got / wanted - 1);
const absolute = (got: number, wanted: number): number => Math.abs(got - wanted);
const relativeOrAbsolute = (got: number, wanted: number): number =>
  Math.abs(got - wanted) / Math.max(1, Math.abs(wanted));
/** That of an exponential, in parts of 2 + |x|. */
const relativeToPower = (got: number, wanted: number): number =>
  relative(got, wanted) / (2 + Math.abs(Math.log(wanted)));

/** The bounds are those that `vector-math.ts` states. */
test.each([
  ["exp", exp, Math.exp, sweep(-87, 87), relative, 3e-7],
  ["exp of a negated", expOfNegated, (x: number) => Math.exp(-x), sweep(-87, 87), relative, 3e-7],
  ["exp of a difference", unscaledExp, Math.exp, sweep(-87, -1e-9), relativeToPower, 1e-7],
  ["exp in its window", ratioInWindow, Math.exp, sweep(-44, 44), relativeToPower, 1.1e-7],
  ["log", log, Math.log, sizes(1e-37, 1e37), relativeOrAbsolute, 2e-7],
  ["log1p", log1p, Math.log1p, sweep(0, 1).subarray(4), relative, 4e-7],
  ["log1p of all sizes", log1p, Math.log1p, sizes(1e-30, 1e30), relative, 4e-7],
  ["tanh", tanh, Math.tanh, sweep(-12, 12), relative, 4e-7],
  ["tanh of small numbers", tanh, Math.tanh, sizes(1e-30, 1), relative, 4e-7],
  ["erf", erf, (x: number) => 1 - erfc(x), sweep(-6, 6), relative, 4e-7],
  ["sin", sin, Math.sin, sweep(-100, 100), absolute, 2e-7],
  ["sin far from zero", sin, Math.sin, sizes(1, 8192), absolute, 2e-7],
  ["sin of small numbers", sin, Math.sin, sizes(1e-30, 1), relative, 2e-7],
  ["cos", cos, Math.cos, sweep(-100, 100), absolute, 2e-7],
  ["asin", asin, Math.asin, sweep(-1, 1), relative, 3e-7],
  ["atan", atan, Math.atan, sweep(-10, 10), relative, 3e-7],
  ["atan of all sizes", atan, Math.atan, sizes(1e-30, 1e30), relative, 3e-7],
] as const)("%s is as exact as it says", (_, apply, truth, x, error, bound) => {
  for (const fused of [true, false]) {
    const values = applied(apply, x, fused);
    let largest = 0;
    x.forEach((argument, i) => {
      const found = argument === 0 ? Math.abs(values[i]) : error(values[i], truth(argument));
      // Not a number must count as an error, hence no Math.max.
      if (!(found <= largest)) largest = found;
    });
    expect(largest).toBeLessThan(bound);
  }
});

test("sin and cos of numbers too large for their angle stay within -1 … 1", () => {
  const x = Float32Array.of(1e6, -1e10, 1e30, 3e38);
  for (const value of [...applied(sin, x, true), ...applied(cos, x, true)]) {
    expect(Math.abs(value)).toBeLessThanOrEqual(1);
  }
});

test("exp of numbers beyond its range is a normal number", () => {
  const x = Float32Array.of(-1e30, -100, 100, 1e30);
  const [low, lower, high, higher] = applied(exp, x, true);
  expect([low, higher]).toEqual([lower, high]);
  expect(low).toBeGreaterThan(1.1e-38);
  expect(high).toBeLessThan(3.4e38);
});

test.each([
  ["exp", exp],
  ["exp of a negated", expOfNegated],
  ["exp of a difference", unscaledExp],
])("%s of what is not a number is none", (_, apply) => {
  for (const fused of [true, false]) {
    const x = Float32Array.of(Number.NaN, 0, Number.NaN, 1);
    expect([...applied(apply, x, fused)].map(Number.isNaN)).toEqual([true, false, true, false]);
  }
});
