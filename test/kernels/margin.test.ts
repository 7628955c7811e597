import * as fc from "fast-check";
import { expect, test } from "vitest";
import { channelsFirst, channelsLast } from "../../src/kernels/layout.ts";
import { clearMargin } from "../../src/kernels/margin.ts";
import { prepareKernel } from "./harness.ts";

const side = fc.integer({ min: 0, max: 3 });

test("clears exactly what lies around the map", () => {
  fc.assert(
    fc.property(
      fc.record({
        batch: fc.integer({ min: 1, max: 3 }),
        channels: fc.integer({ min: 1, max: 9 }),
        height: fc.integer({ min: 1, max: 6 }),
        width: fc.integer({ min: 1, max: 6 }),
        margin: fc.record({ top: side, left: side, bottom: side, right: side }),
        pitch: fc.constantFrom(0, 1, 4),
      }),
      ({ batch, channels, height, width, margin, pitch }) => {
        // Channels first has one plane for each channel: here one channel, as for grey images.
        const planes = pitch === 0 ? 1 : channels;
        const shape = [batch, planes, height, width] as const;
        const layout =
          pitch === 0
            ? channelsFirst(shape, margin)
            : channelsLast(shape, Math.ceil(planes / pitch) * pitch, margin);
        const kernel = clearMargin({ batch, height, width, layout, margin }, 4);
        const { views, run } = prepareKernel(kernel, [
          new Float32Array(batch * layout.n).fill(Number.NaN),
        ]);
        run();
        const [map] = views;
        const first = margin.top * layout.h + margin.left * layout.w;
        const inside = new Set<number>();
        for (let n = 0; n < batch; n++) {
          for (let y = 0; y < height; y++) {
            for (let x = 0; x < width * layout.w; x++) {
              inside.add(n * layout.n + first + y * layout.h + x);
            }
          }
        }
        map.forEach((value, at) => expect(value).toBe(inside.has(at) ? Number.NaN : 0));
      },
    ),
    { numRuns: 60 },
  );
});
