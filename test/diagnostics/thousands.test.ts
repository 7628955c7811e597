import * as fc from "fast-check";
import { expect, test } from "vitest";
import { withThousands } from "../../src/diagnostics/thousands.ts";

test("whole numbers are written as Intl writes them", () => {
  const counts = fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.constantFrom(0, 999, 1000, 1e21));
  fc.assert(
    fc.property(counts, (count) => {
      expect(withThousands(count)).toBe(new Intl.NumberFormat("en-US").format(count));
    }),
  );
});
