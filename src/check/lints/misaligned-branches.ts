/**
 * Branches that join although their places look at different places of the image. Up to half a
 * pixel of the joined map is usual (an even pool against an odd convolution); beyond that, each
 * place is added to what belongs to its neighbour.
 */
import { problem } from "../../diagnostics/diagnostic.ts";
import { type Centres, centresOf } from "./centres.ts";
import type { ModelLint } from "./lint.ts";

/** In places of the joined map. */
const LARGEST_OFFSET = 1 / 2;
/** Centres are sums of fractions. */
const ROUNDING = 1e-6;

export const misalignedBranches: ModelLint = ({ graph, flow }, reporter) => {
  // Of several inputs, nothing says how their pixels correspond.
  if (flow.images.length !== 1) return;
  centresOf(graph, (node, joined) => {
    for (const [axis, name] of ["height", "width"].entries()) {
      const apart = offsetAlong(joined, axis);
      if (apart === undefined || apart <= LARGEST_OFFSET + ROUNDING) continue;
      const facts = { layer: node.kind, axis: name, apart: Math.round(apart * 100) / 100 };
      const related = node.inputs
        .map((id) => flow.makerOf(id))
        .filter((maker) => maker !== undefined)
        .map(({ span, name: branch }) => ({ span, text: `a branch ends here: \`${branch}\`` }));
      reporter.report(problem("CNN4007", facts), node.span, { related });
      return;
    }
  });
};

/** In places of the joined map; undefined where branches move at different speeds. */
function offsetAlong(joined: readonly Centres[], axis: number): number | undefined {
  const [jump] = joined.map((centres) => centres.jump[axis]);
  if (joined.some((centres) => centres.jump[axis] !== jump) || jump === 0) return undefined;
  let [low, high] = [Infinity, -Infinity];
  for (const { centre } of joined) {
    low = Math.min(low, centre[axis]);
    high = Math.max(high, centre[axis]);
  }
  return (high - low) / jump;
}
