/** Suggestions for mistyped names: the fast search finds what comparing whole names would. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { nearest } from "../../src/diagnostics/nearest.ts";

/** Optimal string alignment distance, cell by cell. */
function distance(a: string, b: string): number {
  const table = Array.from({ length: a.length + 1 }, (_, i) => [i]);
  table[0] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const options = [
        table[i - 1][j] + 1,
        table[i][j - 1] + 1,
        table[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1),
      ];
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        options.push(table[i - 2][j - 2] + 1);
      }
      table[i][j] = Math.min(...options);
    }
  }
  return table[a.length][b.length];
}

function plainly(name: string, candidates: readonly string[]): string | undefined {
  const most = Math.min(name.length - 1, Math.max(1, Math.floor(name.length / 3)));
  const close = candidates
    .map((candidate) => ({ candidate, apart: distance(name, candidate) }))
    .filter(({ apart }) => apart <= most);
  return close.toSorted((a, b) => a.apart - b.apart).at(0)?.candidate;
}

const letters = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 12 });

test("the nearest name is the one with the smallest distance, the first of several", () => {
  fc.assert(
    fc.property(letters, fc.array(letters, { maxLength: 8 }), (name, candidates) => {
      expect(nearest(name, candidates)).toBe(plainly(name, candidates));
    }),
    { numRuns: 2000 },
  );
});

test("neighbours that changed places count one", () => {
  expect(nearest("conv_transpsoe", ["conv", "conv_transpose"])).toBe("conv_transpose");
  expect(nearest("rleu", ["elu", "relu"])).toBe("relu");
});
