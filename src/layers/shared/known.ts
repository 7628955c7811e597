/** Sizes in the reference, which runs only after all names have got their values. */
import { InternalFault } from "../../diagnostics/diagnostic.ts";
import { type Dim, formatDim, isKnown } from "../../graph/dim.ts";

export function known(dim: Dim): number {
  if (!isKnown(dim))
    throw new InternalFault(`the reference runs on known sizes, not ${formatDim(dim)}`);
  return dim;
}
