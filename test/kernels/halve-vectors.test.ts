/** Every form of the loop language, in vectors of eight lanes that are printed as pairs of four. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type KernelBuilder, kernel } from "../../src/kernels/ir/builder.ts";
import {
  type Buffer,
  type Vector,
  abs,
  add,
  at,
  constant,
  fma,
  less,
  load,
  max,
  maxOfLanes,
  multiply,
  read,
  select,
  shuffle,
  splat,
  sumOfLanes,
} from "../../src/kernels/ir/ir.ts";
import { prepareKernel } from "./harness.ts";

const WIDTH = 8;
/** Distinct numbers, of both signs, whose sums are exact. */
const INPUT = Float32Array.from({ length: 64 }, (_, i) => (i % 2 === 0 ? i : -i));

function run(build: (b: KernelBuilder, input: Buffer, output: Buffer) => void): number[] {
  const made = kernel("wide", (b) => {
    const [input, output] = [b.buffer("input"), b.buffer("output")];
    b.parallel("all", 1, () => build(b, input, output));
  });
  const prepared = prepareKernel(made, [INPUT, 32], { vectorWidth: WIDTH });
  prepared.run();
  return [...prepared.views[1]];
}

function valueOf(make: (b: KernelBuilder, input: Buffer) => Vector): number[] {
  return run((b, input, output) => b.store(at(output, 0), make(b, input))).slice(0, WIDTH);
}

const lanes = Array.from({ length: WIDTH }, (_, i) => i);

test("each lane has its own arithmetic", () => {
  const value = valueOf((b, input) => {
    const [x, y] = [b.let(load(at(input, 3))), load(at(input, 20))];
    return select(less(x, constant(0)), abs(y), fma(x, splat(at(input, 2)), max(x, y)));
  });
  const expected = lanes.map((i) => {
    const [x, y] = [INPUT[3 + i], INPUT[20 + i]];
    return x < 0 ? Math.abs(y) : x * INPUT[2] + Math.max(x, y);
  });
  expect(value).toEqual(expected);
});

test("any lanes of two vectors", () => {
  const pattern = fc.array(fc.integer({ min: 0, max: 15 }), { minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(pattern, (picked) => {
      const value = valueOf((_, input) =>
        shuffle(load(at(input, 0)), multiply(load(at(input, 8)), constant(3)), picked),
      );
      expect(value).toEqual(picked.map((lane) => (lane < 8 ? INPUT[lane] : 3 * INPUT[lane])));
    }),
    { numRuns: 100 },
  );
});

test("a variable whose lanes change places", () => {
  const rotate = [5, 6, 7, 0, 1, 2, 3, 4];
  const value = valueOf((b, input) => {
    const turned = b.variable(load(at(input, 0)));
    for (let i = 0; i < 2; i++) b.assign(turned, shuffle(read(turned), read(turned), rotate));
    return read(turned);
  });
  expect(value).toEqual(lanes.map((i) => INPUT[rotate[rotate[i]]]));
});

test("sums and maxima over all lanes", () => {
  const own = INPUT.slice(5, 13);
  const sum = own.reduce((a, b) => a + b);
  expect(valueOf((_, input) => sumOfLanes(load(at(input, 5))))).toEqual(lanes.map(() => sum));
  const largest = Math.max(...own);
  expect(valueOf((_, input) => maxOfLanes(load(at(input, 5))))).toEqual(lanes.map(() => largest));
});

test("a number in all lanes that becomes an accumulator", () => {
  const value = valueOf((b, input) => {
    const start = b.variable(splat(at(input, 4)));
    const copy = b.let(multiply(read(start), constant(1)));
    b.loop("i", 3, (i) => b.assign(start, add(read(start), load(at(input, i.times(8))))));
    return add(read(start), copy);
  });
  expect(value).toEqual(lanes.map((i) => 2 * INPUT[4] + INPUT[i] + INPUT[8 + i] + INPUT[16 + i]));
});

describe.each([1, 2, 3, 4, 5, 6, 7, 8])("%i lanes", (count) => {
  test("are loaded, and zeros behind them", () => {
    const value = valueOf((_, input) => load(at(input, 1), count));
    expect(value).toEqual(lanes.map((i) => (i < count ? INPUT[1 + i] : 0)));
  });

  test("are stored, and nothing behind them", () => {
    const value = run((b, input, output) => b.store(at(output, 2), load(at(input, 7)), count));
    const stored = value.map((x, i) => (Number.isNaN(x) ? undefined : i)).filter((i) => i);
    expect(stored).toEqual(lanes.slice(0, count).map((i) => 2 + i));
    expect(value.slice(2, 2 + count)).toEqual(Array.from(INPUT.slice(7, 7 + count)));
  });

  test("the last of them is stored alone", () => {
    const value = run((b, input, output) =>
      b.storeLane(at(output, 0), b.variable(load(at(input, 9))), count - 1),
    );
    expect(value[0]).toBe(INPUT[9 + count - 1]);
  });
});

test("a vector is computed before the first of it is stored", () => {
  const value = run((b, input, output) => {
    b.store(at(output, 0), load(at(input, 0)));
    b.store(at(output, 4), load(at(output, 0)));
  });
  expect(value.slice(0, 12)).toEqual([...INPUT.slice(0, 4), ...INPUT.slice(0, 8)]);
});
