/**
 * Cuts a batch into as many strips as a vector has lanes, so that each lane works on one of
 * them: images where there are enough, rows of every image where there are fewer. Strips overlap
 * where the batch does not come out even; what two of them compute is the same.
 */
import type { Machine } from "../../machine.ts";
import type { ConvolutionShape } from "../problem.ts";

export interface Strips {
  /** Images of a strip, which are gone through one after the other. */
  readonly count: number;
  /** Parts into which the strip's rows are cut, so that every thread has some to do. */
  readonly parts: number;
  /** Rows of the output that a part has in each of its images. */
  readonly rows: number;
  /** By lane: the strip's first image and row of the output. */
  readonly lanes: readonly { readonly image: number; readonly row: number }[];
}

/** Images or parts for each thread at least, so that an uneven rest weighs little. */
const PER_THREAD = 2;

/** @param pooled whether rows are pooled in pairs, of which a last odd one is left out */
export function stripsOf(
  { batch, outputSize: [height] }: Pick<ConvolutionShape, "batch" | "outputSize">,
  { vectorWidth, threads }: Pick<Machine, "vectorWidth" | "threads">,
  pooled: boolean,
): Strips {
  const unit = pooled ? 2 : 1;
  const wanted = Math.floor(height / unit) * unit;
  const images = Math.ceil(batch / vectorWidth);
  const own = Math.ceil(wanted / unit / vectorWidth) * unit;
  const ofImages = images * wanted <= batch * own;
  const [count, most] = ofImages ? [images, wanted] : [batch, own];
  const parts = threads === 1 ? 1 : partsOf(most / unit, (PER_THREAD * threads) / count);
  return {
    count,
    parts,
    rows: most / parts,
    lanes: Array.from({ length: vectorWidth }, (_, lane) =>
      ofImages
        ? { image: Math.min(lane * images, batch - images), row: 0 }
        : { image: 0, row: Math.min(lane * own, wanted - own) },
    ),
  };
}

/** The smallest number of equal parts from `least` on. */
function partsOf(extent: number, least: number): number {
  let parts = 1;
  while (parts < extent && (parts < least || extent % parts !== 0)) parts++;
  return parts;
}
