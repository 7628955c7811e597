/** Sizes as a person would write them, and as the checker reads them again. */
import { expect, test } from "vitest";
import { check } from "../../../src/check/check.ts";
import { sizeExpression } from "../../../src/formats/program/code/sizes.ts";
import { type Dim, add, floorDiv, mul, named } from "../../../src/graph/dim.ts";

const [h, w] = [named("H"), named("W", { min: 9 })];

test.each<[string, Dim]>([
  ["H", h],
  ["2 * H + 1", add(mul(2, h), 1)],
  ["W / 2", floorDiv(w, 2)],
  ["W / 2 - 1", add(floorDiv(w, 2), -1)],
  ["(W + 1) / 2", floorDiv(add(w, 1), 2)],
  ["2 * (W / 2)", mul(2, floorDiv(w, 2))],
  ["H + (W + 1) / 4", add(h, floorDiv(add(w, 1), 4))],
  ["(W + 4) / 6 - 1", floorDiv(add(floorDiv(w, 2), -1), 3)],
])("%s", (text, size) => {
  expect(sizeExpression(size)).toBe(text);
  const shape = `[N, ${text}, H, W]`;
  const { models, diagnostics } = check(
    `model Sizes(a: [N, 3, H, W], b: ${shape}) -> ${shape} where W >= 9 { b }`,
  );
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  const [, read] = models[0].graph.inputs.map((id) => models[0].graph.values[id].type.shape[1]);
  expect(read).toEqual(size);
});
