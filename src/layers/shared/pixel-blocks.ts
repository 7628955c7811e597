/** Blocks of pixels that are channels elsewhere: what pixel_shuffle and its inverse exchange. */
import { choice } from "../parameters.ts";

type Order = "crd" | "dcr";

/** Which of a block's pixels and the channels comes first where all are channels. */
export const blockOrder = choice(["crd", "dcr"], {
  doc: "What changes fastest in the channels: pixels of a block (`crd`, PyTorch) or channels (`dcr`).",
  default: "crd",
});

export interface Blocks {
  readonly factor: number;
  readonly mode: Order;
  /** Beside blocks of pixels. */
  readonly channels: number;
}

/** The channel that stands for channel `c` of the pixel in this row and column of a block. */
export function channelOf(
  { factor, mode, channels }: Blocks,
  c: number,
  row: number,
  column: number,
): number {
  return mode === "crd"
    ? (c * factor + row) * factor + column
    : (row * factor + column) * channels + c;
}

interface BlockAxis {
  readonly extent: number;
  /** Where the pixels are pixels, and where they are channels. */
  readonly pixels: { readonly axis: number; readonly step: number };
  readonly depth: { readonly axis: number; readonly step: number };
}

const at = (axis: number, step: number) => ({ axis, step });

/** All axes: of the batch, channels, blocks and the pixels in them. */
export function blockAxes(
  blocks: Blocks,
  [batch, rows, columns]: readonly [batch: number, rows: number, columns: number],
): readonly BlockAxis[] {
  const { factor, channels } = blocks;
  const channel = (c: number, row: number, column: number) => ({
    axis: 1,
    step: channelOf(blocks, c, row, column),
  });
  return [
    { extent: batch, pixels: at(0, 1), depth: at(0, 1) },
    { extent: channels, pixels: at(1, 1), depth: channel(1, 0, 0) },
    { extent: rows, pixels: at(2, factor), depth: at(2, 1) },
    { extent: columns, pixels: at(3, factor), depth: at(3, 1) },
    { extent: factor, pixels: at(2, 1), depth: channel(0, 1, 0) },
    { extent: factor, pixels: at(3, 1), depth: channel(0, 0, 1) },
  ];
}
