/** The table of layers, by their kinds. */
import * as all from "./all.ts";
import type { Layer } from "./layer.ts";

/** Every built-in layer by its kind, in the order of their names. */
export const layers: ReadonlyMap<string, Layer> = new Map(
  Object.values(all).map((layer) => [layer.kind, layer]),
);
