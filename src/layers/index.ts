/** The table of layers: a new one is its file and one line here. */
import type { Layer } from "./layer.ts";
import { relu } from "./relu.ts";

const all = [relu];

/** Every built-in layer by its kind. */
export const layers: ReadonlyMap<string, Layer> = new Map(all.map((layer) => [layer.kind, layer]));
