/** Lines and columns, found by searching, are those that counting characters gives. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { linesOf } from "../../src/diagnostics/render/lines.ts";
import { positionOf } from "../../src/diagnostics/span.ts";

const text = fc.string({
  unit: fc.constantFrom("a", "\n", "\r\n", "é", "🧠", "\ud83e", "\udde0"),
  maxLength: 30,
});

test("a position is the same in both ways", () => {
  fc.assert(
    fc.property(text, (written) => {
      const lines = linesOf({ name: "", text: written });
      for (let offset = 0; offset <= written.length + 1; offset++) {
        expect({ offset, ...lines.positionAt(offset) }).toEqual({
          offset,
          ...positionOf(written, offset),
        });
      }
    }),
    { numRuns: 500 },
  );
});
