/**
 * A stride larger than the kernel skips pixels: no window reads them. A residual shortcut does so
 * by intention (a 1×1 convolution of stride 2 in ResNet), and loses nothing, since the other
 * branch reads the same map; so the lint speaks where no other layer reads what is skipped.
 */
import { problem } from "../../diagnostics/diagnostic.ts";
import type { ModelLint } from "./lint.ts";
import { type Unread, linesAlong, readersThat } from "./reading.ts";

export const skippedPixels: ModelLint = ({ flow }, reporter) => {
  for (const { id } of flow.graph.values) {
    for (const { node, unread } of readersThat(skips, id, flow)) {
      const [{ read, stride }] = unread;
      const facts = { layer: node.kind, lines: linesAlong(unread), read, stride };
      reporter.report(problem("CNN4004", facts), node.span);
    }
  }
};

/** On a map of fewer rows than the stride there is nothing to skip. */
function skips({ read, stride, length = Infinity }: Unread): boolean {
  return read < stride && length > read;
}
