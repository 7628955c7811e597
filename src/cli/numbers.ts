/** Numbers as people read them. */
import { withThousands } from "../diagnostics/thousands.ts";
import { type Dim, formatDim, isKnown } from "../graph/dim.ts";

/** `61,706`; an expression of named sizes stays one. */
export function formatCount(count: Dim): string {
  return isKnown(count) ? withThousands(count) : formatDim(count);
}

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/** `23.5 KiB`. */
export function formatBytes(bytes: Dim): string {
  if (!isKnown(bytes)) return `${formatDim(bytes)} bytes`;
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < UNITS.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}
