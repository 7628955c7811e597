/** Convolutions in pairs of vectors, which the engine of this process joins. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Algorithm,
  applicable,
  chooseConvolution,
} from "../../src/kernels/convolution/choose.ts";
import { wasmMachine } from "../../src/targets/wasm/machine.ts";
import {
  type Case,
  anyCase,
  edgeCases,
  errorOf,
  problemOf,
  tolerances,
} from "../kernels/convolution-suite.ts";

const machine = wasmMachine({ relaxedSimd: true, threads: 1, wide: true });
const { vectorWidth } = machine;

/** All but `direct` take vectors of channels. */
function algorithmsFor(given: Case): readonly Algorithm[] {
  const all = applicable(problemOf({ ...given, vectorWidth }));
  return given.input === "first" ? ["direct"] : all;
}

function errorBy(wanted: Algorithm, given: Case): number {
  const wide = { ...given, vectorWidth };
  const choice = chooseConvolution(problemOf(wide), { machine, wanted });
  const problem = problemOf(wide, () => choice.inputSize);
  return errorOf(
    problem,
    (weights) => ({
      kernel: choice.kernel(problem),
      weights: choice.pack(problem, weights),
      scratch: choice.scratch(problem),
      vectorWidth,
    }),
    choice.inputSize,
  );
}

test("this process joins pairs of vectors", () => {
  expect(process.execArgv).toContain("--experimental-wasm-revectorize");
});

describe("wide kernels equal the definition of convolution", () => {
  test.each(edgeCases)("%j", (given) => {
    for (const algorithm of algorithmsFor(given)) {
      expect(errorBy(algorithm, given)).toBeLessThan(tolerances[algorithm]);
    }
  });

  test("for random problems", () => {
    fc.assert(
      fc.property(anyCase, (given) => {
        for (const algorithm of algorithmsFor(given)) {
          expect(errorBy(algorithm, given)).toBeLessThan(tolerances[algorithm]);
        }
      }),
      { numRuns: 100 },
    );
  });
});
