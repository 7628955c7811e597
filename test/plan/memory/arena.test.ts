import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ALIGNMENT, type Lifetime, planArena } from "../../../src/plan/memory/arena.ts";

const lifetimes = fc.array(
  fc
    .tuple(fc.nat(100_000), fc.nat(40), fc.nat(10))
    .map(([bytes, first, length]): Lifetime => ({ bytes, first, last: first + length })),
  { maxLength: 60 },
);

describe("planArena", () => {
  it("never lets tensors that live at the same time share a byte", () => {
    fc.assert(
      fc.property(lifetimes, (list) => {
        const { offsets, bytes } = planArena(list);
        list.forEach((a, i) => {
          expect(offsets[i] % ALIGNMENT).toBe(0);
          expect(offsets[i] + a.bytes).toBeLessThanOrEqual(bytes);
          list.slice(0, i).forEach((b, j) => {
            if (a.first > b.last || b.first > a.last) return;
            const apart = offsets[i] + a.bytes <= offsets[j] || offsets[j] + b.bytes <= offsets[i];
            expect(apart).toBe(true);
          });
        });
      }),
    );
  });

  it("lies between the lower bound and the sum of all", () => {
    fc.assert(
      fc.property(lifetimes, (list) => {
        const { bytes, lowerBound, sumOfAll } = planArena(list);
        expect(bytes).toBeGreaterThanOrEqual(lowerBound);
        expect(bytes).toBeLessThanOrEqual(sumOfAll);
      }),
    );
  });

  it("needs two buffers for a chain of equal tensors", () => {
    const chain = Array.from({ length: 10 }, (_, i) => ({ bytes: 640, first: i, last: i + 1 }));
    expect(planArena(chain)).toMatchObject({ bytes: 1280, lowerBound: 1280, sumOfAll: 6400 });
  });

  it("puts small tensors into the gap that a dead one leaves", () => {
    const list = [
      { bytes: 256, first: 0, last: 1 },
      { bytes: 128, first: 2, last: 3 },
      { bytes: 128, first: 2, last: 3 },
    ];
    expect(planArena(list)).toMatchObject({ offsets: [0, 0, 128], bytes: 256, lowerBound: 256 });
  });
});
