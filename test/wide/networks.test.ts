/** Whole networks in pairs of vectors, which the engine of this process joins. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { verify } from "../../src/analysis/verify.ts";
import { graphFrom, randomRecipe } from "../graph/random-graph.ts";
import { errorInWasm } from "../plan/compare.ts";
import { SIZES, exampleAt } from "../plan/examples.ts";

test("random networks compute what their layers say", () => {
  fc.assert(
    fc.property(randomRecipe, (recipe) => {
      const graph = graphFrom(recipe);
      verify(graph);
      expect(errorInWasm(graph, { wide: true })).toBeLessThanOrEqual(2e-4);
    }),
    { numRuns: 200, seed: 2 },
  );
});

const solvable = Object.keys(SIZES).filter((file) => Object.keys(SIZES[file]).length > 0);

test.each(solvable)("%s", (file) => {
  expect(errorInWasm(exampleAt(file), { wide: true })).toBeLessThanOrEqual(2e-5);
});
