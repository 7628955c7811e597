/** Stored numbers that are one for each channel when they are broadcast. */
import { type Dim, sameDim } from "../../../graph/dim.ts";

/** @param shape of the numbers, @param of what they are broadcast with, its channels at axis 1 */
export function isByChannel(shape: readonly number[], of: readonly Dim[]): boolean {
  const missing = Array.from({ length: of.length - shape.length }, () => 1);
  const whole = [...missing, ...shape];
  return (
    of.length >= 2 &&
    whole.length === of.length &&
    whole.every((size, axis) => (axis === 1 ? sameDim(size, of[1]) : size === 1))
  );
}
