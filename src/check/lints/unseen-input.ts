/**
 * Part of an image that no result depends on, because many layers each leave a little of the
 * border unread. Where one layer leaves much, `dropped-border.ts` and `skipped-pixels.ts` name it.
 */
import { problem } from "../../diagnostics/diagnostic.ts";
import type { ValueId } from "../../graph/graph.ts";
import { knownOf } from "./attributes.ts";
import { droppedBorders } from "./dropped-border.ts";
import type { Flow } from "./flow.ts";
import type { ModelLint } from "./lint.ts";
import { unreadBy } from "./reading.ts";

const LEAST_SHARE = 1 / 20;

export const unseenInput: ModelLint = ({ graph, model, flow }, reporter) => {
  // Fields do not say of which of several inputs they speak; a crop leaves pixels out by intention.
  if (flow.images.length !== 1 || graph.nodes.some(({ kind }) => kind === "slice")) return;
  if (droppedBorders(flow).length > 0) return;
  const [image] = flow.images;
  const { name, type } = graph.values[image];
  const place = model.parameters.find((parameter) => parameter.name.text === name);
  if (place === undefined) return;
  for (const axis of [0, 1] as const) {
    const droppers = graph.nodes.filter((node) => (unreadBy(node, flow).at(axis)?.atEnd ?? 0) > 0);
    if (droppers.length === 0) continue;
    const length = knownOf(type.shape[axis + 2]);
    const end = Math.max(...graph.outputs.map(({ value }) => endOfField(value, axis, flow)));
    if (length === undefined || end <= 0 || length - end < LEAST_SHARE * length) continue;
    const lines = axis === 0 ? "rows" : "columns";
    const facts = { input: name, lines, unseen: length - end, length };
    reporter.report(problem("CNN4005", facts), place.span, {
      related: droppers.map(({ span }) => ({ span, text: `leaves the last ${lines} unread` })),
    });
    return;
  }
};

/** The first pixel behind those that a result sees; 0 where it sees none of the image. */
function endOfField(id: ValueId, axis: 0 | 1, flow: Flow): number {
  const field = flow.fieldOf(id)?.[axis === 0 ? "height" : "width"];
  if (field === undefined) return 0;
  const { shape } = flow.typeOf(id);
  const places = shape.length === 4 ? knownOf(shape[axis + 2]) : 1;
  return places === undefined ? Infinity : field.start + (places - 1) * field.jump + field.size;
}
