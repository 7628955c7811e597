/** Windows of a pool along one axis, put together where they look alike. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type AxisWindow, windowRuns } from "../../src/kernels/pool/windows.ts";

const anyWindow = fc.record({
  start: fc.integer({ min: 0, max: 4 }),
  taps: fc.integer({ min: 1, max: 2 }),
  divisor: fc.integer({ min: 1, max: 2 }),
});

test("runs have every window at its place, and never go back", () => {
  fc.assert(
    fc.property(fc.array(anyWindow, { maxLength: 8 }), (windows) => {
      const written: AxisWindow[] = [];
      for (const { start, taps, divisor, first, count, step } of windowRuns(windows)) {
        expect(first).toBe(written.length);
        expect(step).toBeGreaterThanOrEqual(0);
        for (let i = 0; i < count; i++) written.push({ start: start + i * step, taps, divisor });
      }
      expect(written).toEqual(windows);
    }),
    { seed: 1 },
  );
});
