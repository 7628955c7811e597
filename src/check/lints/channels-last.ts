/** An input whose shape reads like `[N, H, W, C]`: square but for a last axis of 1, 3 or 4. */
import { problem } from "../../diagnostics/diagnostic.ts";
import { formatShape, sameDim } from "../../graph/dim.ts";
import { knownOf } from "./attributes.ts";
import type { ModelLint } from "./lint.ts";

/** Channels of grey images, of colours, and of colours with transparency. */
const CHANNELS: ReadonlySet<number> = new Set([1, 3, 4]);

export const channelsLast: ModelLint = ({ graph, model, flow }, reporter) => {
  for (const id of flow.images) {
    const { name, type } = graph.values[id];
    const [, first, second, third] = type.shape;
    const last = knownOf(third);
    if (last === undefined || !CHANNELS.has(last)) continue;
    if (!sameDim(first, second) || sameDim(first, third)) continue;
    // Told to change the order, the program knows of it.
    if (flow.readersOf(id).every(({ kind }) => kind === "permute")) continue;
    const place = model.parameters.find((parameter) => parameter.name.text === name);
    if (place === undefined) continue;
    const facts = { input: name, last, shape: formatShape(type.shape) };
    reporter.report(problem("CNN4017", facts), place.span);
  }
};
