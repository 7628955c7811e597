/**
 * Rows or columns at the end of a map that no window reaches: a pool of 2 leaves the last row
 * of a map of 7 unread. One row of 224 is nothing; the lint speaks from a twentieth on, and only
 * where no other layer reads the map.
 */
import { problem } from "../../diagnostics/diagnostic.ts";
import type { Flow } from "./flow.ts";
import type { ModelLint } from "./lint.ts";
import { type Leaving, type Unread, linesAlong, readersThat } from "./reading.ts";

const LEAST_SHARE = 1 / 20;

export const droppedBorder: ModelLint = ({ flow }, reporter) => {
  for (const { node, unread } of droppedBorders(flow)) {
    const [{ atEnd: dropped = 0, length = 0 }] = unread;
    const canCeil = Object.hasOwn(node.attributes, "ceil_mode");
    const facts = { layer: node.kind, lines: linesAlong(unread), dropped, length, canCeil };
    reporter.report(problem("CNN4003", facts), node.span);
  }
};

export function droppedBorders(flow: Flow): readonly Leaving[] {
  return flow.graph.values.flatMap(({ id }) => readersThat(dropsMuch, id, flow));
}

function dropsMuch({ atEnd, length }: Unread): boolean {
  return atEnd !== undefined && length !== undefined && atEnd >= LEAST_SHARE * length && atEnd > 0;
}
