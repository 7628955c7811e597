import { describe, expect, test } from "vitest";
import { kernel } from "../../src/kernels/ir/builder.ts";
import { at, constant, origin } from "../../src/kernels/ir/ir.ts";
import { reachOf } from "../../src/kernels/ir/reach.ts";
import { planArena } from "../../src/plan/memory/arena.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { layoutMemory } from "../../src/targets/wasm/memory-layout.ts";

const PAGE = 65536;

/** Fetches what lies `ahead` elements behind each of 10 · 4 places. */
const fetching = (ahead: number) =>
  kernel("fetching", (b) => {
    const output = b.buffer("output");
    const weights = b.buffer("weights");
    b.loop("i", 10, (i) =>
      b.loop("j", 4, (j) => {
        b.prefetch(at(weights, i.times(100).plus(j.times(-5)).plus(ahead)));
        b.store(at(output, j.times(4)), constant(0));
      }),
    );
    b.prefetch(at(output, origin.plus(3)));
  });

describe("what kernels fetch ahead", () => {
  test("ends behind the furthest element", () => {
    const reach = reachOf(fetching(7));
    expect([...reach].map(([{ name }, elements]) => [name, elements])).toEqual([
      ["weights", 9 * 100 + 7 + 1],
      ["output", 4],
    ]);
  });

  test("lies within the memory of a plan", () => {
    const arena = planArena([]);
    const pagesWith = (ahead: number): number => {
      const step = {
        nodes: ["only"],
        operation: "fetching",
        algorithm: "",
        kernel: fetching(ahead),
        arguments: [
          { buffer: 1, offset: 0 },
          { buffer: 0, offset: 20 },
        ],
        macs: 0,
        shared: false,
      };
      const plan: Plan = {
        name: "Fetching",
        inputs: [],
        outputs: [],
        buffers: [
          { role: "weights", elements: 1000, pack: () => new Float32Array(1000) },
          { role: "output", elements: 16, offset: 0 },
        ],
        steps: [step],
        arena,
      };
      return layoutMemory(plan, 1).pages;
    };
    expect(pagesWith(0)).toBe(1);
    expect(pagesWith((3 * PAGE) / 4)).toBe(4);
  });
});
