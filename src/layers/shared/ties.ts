/** How the gradient of a maximum is shared out between two numbers. */

/** The part of `a`, the larger of the two: half of it where they are equal. */
export function share(a: number, b: number): number {
  if (a === b) return 0.5;
  return a > b ? 1 : 0;
}
