/** Channels turned into pixels: sub-pixel convolution for super-resolution. */
import { problem } from "../diagnostics/diagnostic.ts";
import { divisible } from "../graph/condition.ts";
import { floorDiv, formatDim, mul } from "../graph/dim.ts";
import { op } from "./onnx.ts";
import { int } from "./parameters.ts";
import { blockAxes, blockOrder, channelOf } from "./shared/pixel-blocks.ts";
import { featureMap, mapType } from "./shared/map.ts";
import { rearrangement } from "./shared/rearrangement.ts";

export const pixelShuffle = rearrangement({
  kind: "pixel_shuffle",
  category: "resampling",
  summary: "Turns factor² channels into one channel of factor times the height and width.",
  source: "PyTorch PixelShuffle; Shi et al., 2016",
  parameters: {
    factor: int({ doc: "How many times larger the height and the width become.", min: 1 }),
    mode: blockOrder,
  },
  shape: ({ factor }, x) => {
    const map = featureMap("pixel_shuffle", x);
    if ("code" in map) return map;
    const parts = factor * factor;
    const facts = {
      layer: "pixel_shuffle",
      axis: "channels",
      size: formatDim(map.channels),
      parts,
      reason: `factor² = ${parts}`,
    };
    const [height, width] = map.size;
    return {
      outputs: [
        mapType(map.batch, floorDiv(map.channels, parts), [
          mul(height, factor),
          mul(width, factor),
        ]),
      ],
      requires: [
        {
          condition: divisible(map.channels, parts),
          problem: { ...problem("CNN2054", facts, "factor"), blame: [{ input: 0, axis: 1 }] },
        },
      ],
    };
  },
  receptiveField: ({ factor }) => ({
    size: [1, 1],
    stride: [1 / factor, 1 / factor],
    start: [0, 0],
  }),
  arrange: ({ factor, mode }, [batch, channels, height, width]) => {
    const left = channels / (factor * factor);
    return {
      shape: [batch, left, height * factor, width * factor],
      source: ([n, c, y, x]) => [
        n,
        channelOf({ factor, mode, channels: left }, c, y % factor, x % factor),
        Math.floor(y / factor),
        Math.floor(x / factor),
      ],
    };
  },
  families: ["pixel_shuffle", "copies"],
  operation: ({ factor, mode }, shape) => {
    if (mode === "crd") return { family: "pixel_shuffle", factor };
    const [batch, channels, height, width] = shape;
    const left = channels / (factor * factor);
    const blocks = blockAxes({ factor, mode, channels: left }, [batch, height, width]);
    const axes = blocks.map(({ extent, pixels, depth }) => ({ extent, from: depth, to: pixels }));
    return { family: "copies", boxes: [{ axes, from: [0, 0, 0, 0], to: [0, 0, 0, 0] }] };
  },
  onnx: ({ attributes: { factor, mode }, inputs: [x] }) =>
    op("DepthToSpace", [x], {
      blocksize: { int: factor },
      mode: { string: mode.toUpperCase() },
    }),
});
