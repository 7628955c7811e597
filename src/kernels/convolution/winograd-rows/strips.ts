/**
 * Cuts a batch into as many strips as a vector has lanes, so that each lane works on one of
 * them: images where there are enough, rows of every image where there are fewer. Strips overlap
 * where the batch does not come out even; what two of them compute is the same.
 */
import type { ConvolutionShape } from "../problem.ts";

export interface Strips {
  /** Images of a strip, which are gone through one after the other. */
  readonly count: number;
  /** Rows of the output that a strip has in each of its images. */
  readonly rows: number;
  /** By lane: the strip's first image and row of the output. */
  readonly lanes: readonly { readonly image: number; readonly row: number }[];
}

/** @param pooled whether rows are pooled in pairs, of which a last odd one is left out */
export function stripsOf(
  { batch, outputSize: [height] }: Pick<ConvolutionShape, "batch" | "outputSize">,
  lanes: number,
  pooled: boolean,
): Strips {
  const unit = pooled ? 2 : 1;
  const wanted = Math.floor(height / unit) * unit;
  const images = Math.ceil(batch / lanes);
  const rows = Math.ceil(wanted / unit / lanes) * unit;
  const each = <T>(strip: (lane: number) => T): readonly T[] =>
    Array.from({ length: lanes }, (_, lane) => strip(lane));
  return images * wanted <= batch * rows
    ? {
        count: images,
        rows: wanted,
        lanes: each((lane) => ({ image: Math.min(lane * images, batch - images), row: 0 })),
      }
    : {
        count: batch,
        rows,
        lanes: each((lane) => ({ image: 0, row: Math.min(lane * rows, wanted - rows) })),
      };
}
