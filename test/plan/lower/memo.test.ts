/** What is made once for equal keys. */
import { expect, test } from "vitest";
import { Memo } from "../../../src/plan/lower/memo.ts";

test("is made anew for keys that differ in a number only, finite or not", () => {
  const memo = new Memo<object>();
  const bounds = [0, 1, Infinity, -Infinity, NaN];
  const made = bounds.map((value) => memo.of({ max: [value] }, () => ({})));
  expect(new Set(made).size).toBe(bounds.length);
});

test("is the same for equal keys", () => {
  const memo = new Memo<object>();
  const made = [1, 2].map(() => memo.of({ max: [Infinity] }, () => ({})));
  expect(made[0]).toBe(made[1]);
});
