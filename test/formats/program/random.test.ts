/** Random graphs over all layers, with and without names, come back as what they are. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { check } from "../../../src/check/check.ts";
import { matchGraphs } from "../../../src/formats/program/match-graphs.ts";
import { writeProgram } from "../../../src/formats/program/write-program.ts";
import { graphFrom, randomRecipe } from "../../graph/random-graph.ts";

/** The same graphs in every run; another number gives others. */
const SEED = Number(process.env.CNN_SEED ?? 1);

test("random graphs come back as what they are", async () => {
  await fc.assert(
    fc.asyncProperty(randomRecipe, async (recipe) => {
      const graph = graphFrom(recipe);
      const written = await writeProgram(graph);
      expect(written.outline).toBe("blocks");
      const { models, diagnostics } = check(
        { name: "written.cnn", text: written.text },
        { remedies: false },
      );
      expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
      // Written once more, nothing is left to change.
      expect(matchGraphs(written.graph, models[0].graph)).toHaveProperty("weights");
    }),
    { numRuns: 200, seed: SEED },
  );
});
