/** How the elements of a `[N, C, H, W]` tensor lie in memory. */

/** Distances in elements between neighbours along each axis. */
export interface Layout {
  readonly n: number;
  readonly c: number;
  readonly h: number;
  readonly w: number;
  /**
   * Channels lie next to each other and are filled up to whole vectors: the elements behind
   * the last channel may be written, and read as anything.
   */
  readonly wholeVectors: boolean;
}

/** Elements before and behind the map on each side, for the padding of those who read it. */
export interface Margin {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

export const noMargin: Margin = { top: 0, left: 0, bottom: 0, right: 0 };

/** `[N, H, W, C]` with the channels of a pixel filled up. */
export function channelsLast(
  [, , h, w]: readonly [n: number, c: number, h: number, w: number],
  { pitch, vectorWidth }: Filled,
  margin = noMargin,
): Layout {
  const width = margin.left + w + margin.right;
  const height = margin.top + h + margin.bottom;
  return {
    n: height * width * pitch,
    c: 1,
    h: width * pitch,
    w: pitch,
    wholeVectors: pitch % vectorWidth === 0,
  };
}

/** Elements from pixel to pixel, and lanes of the vectors that they may be read in. */
interface Filled {
  readonly pitch: number;
  readonly vectorWidth: number;
}
