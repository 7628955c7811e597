/** Channels dealt anew between groups, so that grouped convolutions in a row mix. */
import { problem } from "../diagnostics/diagnostic.ts";
import { divisible } from "../graph/condition.ts";
import { floorDiv, formatDim, mul } from "../graph/dim.ts";
import { op } from "./onnx.ts";
import { int } from "./parameters.ts";
import { featureMap } from "./shared/map.ts";
import { reshapeTo } from "./shared/onnx-shape.ts";
import { rearrangement } from "./shared/rearrangement.ts";

export const channelShuffle = rearrangement({
  kind: "channel_shuffle",
  category: "shape",
  summary: "Deals the channels of each group out over all groups.",
  source: "PyTorch ChannelShuffle; Zhang et al., ShuffleNet, 2017",
  parameters: {
    groups: int({ doc: "Number of groups into which the channels are cut.", min: 1 }),
  },
  shape: ({ groups }, x) => {
    const map = featureMap("channel_shuffle", x);
    if ("code" in map) return map;
    const facts = {
      layer: "channel_shuffle",
      axis: "channels",
      size: formatDim(map.channels),
      parts: groups,
      reason: `${groups} groups`,
    };
    return {
      outputs: [x],
      requires: [
        {
          condition: divisible(map.channels, groups),
          problem: { ...problem("CNN2054", facts, "groups"), blame: [{ input: 0, axis: 1 }] },
        },
      ],
    };
  },
  receptiveField: () => "point",
  /** The channels as a table, one row a group, read by columns. */
  arrange: ({ groups }, shape) => ({
    shape,
    source: ([n, c, y, x]) => {
      const [column, row] = [Math.floor(c / groups), c % groups];
      return [n, row * (shape[1] / groups) + column, y, x];
    },
  }),
  families: ["channel_shuffle"],
  operation: ({ groups }) => ({ family: "channel_shuffle", groups }),
  onnx: ({ attributes: { groups }, inputs: [x] }) => {
    const [batch, channels, height, width] = x.shape;
    const [each, pixels] = [floorDiv(channels, groups), mul(height, width)];
    const table = reshapeTo(x, x.shape, [batch, groups, each, pixels]);
    const columns = op("Transpose", [table], { perm: { ints: [0, 2, 1, 3] } });
    return reshapeTo(columns, [batch, each, groups, pixels], x.shape);
  },
});
