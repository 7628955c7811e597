/** Random networks over all layers, in WebAssembly and by the reference, after any pass. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { verify } from "../../src/analysis/verify.ts";
import { passes } from "../../src/optimize/optimize.ts";
import { graphFrom, randomKinds, randomRecipe } from "../graph/random-graph.ts";
import { errorInWasm } from "./compare.ts";

/** A few norms in a row, each of which may make rounding errors several times larger. */
const TOLERANCE = 2e-4;

/** The same networks in every run; another number gives others. */
const SEED = Number(process.env.CNN_SEED ?? 1);

const stops = fc.constantFrom(...passes.map(({ name }) => name));

test("random networks compute what their layers say, at every stop of the passes", () => {
  fc.assert(
    fc.property(randomRecipe, stops, (recipe, stopAfter) => {
      const graph = graphFrom(recipe);
      verify(graph);
      expect(errorInWasm(graph, { stopAfter })).toBeLessThanOrEqual(TOLERANCE);
    }),
    { numRuns: 300, seed: SEED },
  );
});

test("every layer without jumps stands in some random network", () => {
  const seen = new Set(
    fc
      .sample(randomRecipe, { numRuns: 1500, seed: SEED })
      .flatMap((recipe) => graphFrom(recipe).nodes.map(({ kind }) => kind)),
  );
  expect(randomKinds.filter((kind) => !seen.has(kind))).toEqual([]);
});
