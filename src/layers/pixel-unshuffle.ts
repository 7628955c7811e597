/** Pixels turned into channels: a smaller map that loses nothing. */
import { problem } from "../diagnostics/diagnostic.ts";
import { divisible } from "../graph/condition.ts";
import { floorDiv, formatDim, mul } from "../graph/dim.ts";
import { op } from "./onnx.ts";
import { int } from "./parameters.ts";
import { SPATIAL, featureMap, mapType } from "./shared/map.ts";
import { reshapeTo } from "./shared/onnx-shape.ts";
import { blockAxes, blockOrder, channelOf } from "./shared/pixel-blocks.ts";
import { rearrangement } from "./shared/rearrangement.ts";

export const pixelUnshuffle = rearrangement({
  kind: "pixel_unshuffle",
  category: "resampling",
  summary: "Turns every block of factor² pixels into as many channels.",
  source: "PyTorch PixelUnshuffle; ONNX SpaceToDepth (`dcr`)",
  parameters: {
    factor: int({ doc: "How many times smaller the height and the width become.", min: 1 }),
    mode: blockOrder,
  },
  shape: ({ factor }, x) => {
    const map = featureMap("pixel_unshuffle", x);
    if ("code" in map) return map;
    const [height, width] = map.size;
    return {
      outputs: [
        mapType(map.batch, mul(map.channels, factor * factor), [
          floorDiv(height, factor),
          floorDiv(width, factor),
        ]),
      ],
      requires: SPATIAL.map(({ index, name }) => {
        const facts = {
          layer: "pixel_unshuffle",
          axis: name,
          size: formatDim(map.size[index]),
          parts: factor,
          reason: `factor = ${factor}`,
        };
        const blame = [{ input: 0, axis: index + 2 }];
        return {
          condition: divisible(map.size[index], factor),
          problem: { ...problem("CNN2054", facts, "factor"), blame },
        };
      }),
    };
  },
  receptiveField: ({ factor }) => ({
    size: [factor, factor],
    stride: [factor, factor],
    start: [0, 0],
  }),
  arrange: ({ factor, mode }, [batch, channels, height, width]) => {
    const blocks = { factor, mode, channels };
    const sources: (readonly [c: number, row: number, column: number])[] = [];
    for (let c = 0; c < channels; c++) {
      for (let row = 0; row < factor; row++) {
        for (let column = 0; column < factor; column++) {
          sources[channelOf(blocks, c, row, column)] = [c, row, column];
        }
      }
    }
    return {
      shape: [batch, channels * factor * factor, height / factor, width / factor],
      source: ([n, depth, y, x]) => {
        const [c, row, column] = sources[depth];
        return [n, c, y * factor + row, x * factor + column];
      },
    };
  },
  onnx: ({ attributes: { factor, mode }, inputs: [x], shapes: [shape] }) => {
    if (mode === "dcr") return op("SpaceToDepth", [x], { blocksize: { int: factor } });
    const [batch, channels, height, width] = x.shape;
    const [rows, columns] = [floorDiv(height, factor), floorDiv(width, factor)];
    const parts = [batch, channels, rows, factor, columns, factor];
    const blocks = op("Transpose", [reshapeTo(x, x.shape, parts)], {
      perm: { ints: [0, 1, 3, 5, 2, 4] },
    });
    return reshapeTo(blocks, [batch, channels, factor, factor, rows, columns], shape);
  },
  families: ["copies"],
  operation: ({ factor, mode }, [batch, channels, height, width]) => {
    const sizes = [batch, height / factor, width / factor] as const;
    const axes = blockAxes({ factor, mode, channels }, sizes).map(({ extent, pixels, depth }) => ({
      extent,
      from: pixels,
      to: depth,
    }));
    return { family: "copies", boxes: [{ axes, from: [0, 0, 0, 0], to: [0, 0, 0, 0] }] };
  },
});
