/** Promises about sizes, worked out by hand: what each leaves, and which contradict each other. */
import { describe, expect, test } from "vitest";
import { contractOf, errors, resultType } from "../programs.ts";

const net = (where: string): string =>
  `model Net(x: [N, 3, H, W]) where ${where} {\n  x -> relu\n}`;

describe("what is promised", () => {
  test.each([
    ["H >= 32", "H ≥ 32"],
    ["H > 32", "H ≥ 33"],
    ["H <= 32", "H ≤ 32"],
    ["H < 32", "H ≤ 31"],
    ["H < 32, H < 40, H <= 31", "H ≤ 31"],
    ["H >= 8, H > 3", "H ≥ 8"],
    ["H % 4 == 0", "H ≥ 4 and divisible by 4"],
    ["H >= 10, H % 4 == 0", "H ≥ 12 and divisible by 4"],
    ["H >= 10, H % 4 == 1", "H ≥ 13 and ≡ 1 modulo 4"],
    ["H % 4 == 3", "H ≥ 3 and ≡ 3 modulo 4"],
    ["H % 4 == 1, H % 6 == 3", "H ≥ 9 and ≡ 9 modulo 12"],
    ["H >= 10 and H < 20, W % 2 == 0", "H ≥ 10 and ≤ 19; W ≥ 2 and divisible by 2"],
    ["(H >= 10 and (W >= 10))", "H, W ≥ 10"],
  ])("%s: %s", (where, contract) => {
    expect(errors(net(where))).toEqual([]);
    expect(contractOf(net(where))).toBe(contract);
  });

  test.each([
    ["H == 7", "[N, 3, 7, W]"],
    ["H == W", "[N, 3, H, H]"],
    ["W == H", "[N, 3, H, H]"],
    ["H == W, W == H", "[N, 3, H, H]"],
    ["H == W, W == 5", "[N, 3, 5, 5]"],
    ["W == 5, H == W", "[N, 3, 5, 5]"],
    ["N == H, H == W, W == 2", "[2, 3, 2, 2]"],
    // Only 3 is left.
    ["H < 8, H % 5 == 3", "[N, 3, 3, W]"],
  ])("%s: the result is %s", (where, type) => {
    expect(errors(net(where))).toEqual([]);
    expect(resultType(net(where))).toBe(type);
  });

  test.each(["H == W, W >= 9", "W >= 9, H == W", "H == W, W % 3 == 0, H > 6"])(
    "%s: what holds of one holds of what equals it",
    (where) => {
      expect(contractOf(net(where))).toMatch(/^H ≥ 9/);
    },
  );
});

test.each([
  "H >= 10, H < 5",
  "H < 5, H % 7 == 6",
  "H == 6, H == 5",
  "H == 6, W == 5, H == W",
  "H % 2 == 0, H % 4 == 1",
  "H % 2 == 0, W % 2 == 1, H == W",
  "H == 0",
  "H < 1",
  "H % 4 == 4",
  "H % 4 == -1",
])("no size keeps %s", (where) => {
  expect(errors(net(where))).toEqual(["CNN3023 at 1"]);
});

test.each(["H * W > 9", "H != 3", "5 <= H", "H % 0 == 0", "H % 2000000 == 0", "H % 2 >= 1"])(
  "%s is not understood",
  (where) => {
    expect(errors(net(where))).toEqual(["CNN3023 at 1"]);
  },
);
