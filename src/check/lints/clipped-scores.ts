/**
 * A relu right in front of softmax: scores below 0 become equal, so that the model cannot tell
 * unlikely classes apart, and where all are below 0 nothing is learnt at all.
 */
import { problem } from "../../diagnostics/diagnostic.ts";
import type { Flow } from "./flow.ts";
import type { ModelLint, TrainLint } from "./lint.ts";
import { changesNothing, lastLayers } from "./results.ts";
import { choiceOf } from "./settings.ts";

const CLIPPING: ReadonlySet<string> = new Set(["relu", "relu6"]);
const SOFTMAX: ReadonlySet<string> = new Set(["softmax", "log_softmax"]);

/** Inside a model softmax has other uses (attention), so only the one at the end counts. */
export const clippedScores: ModelLint = ({ flow }, reporter) => {
  for (const softmax of lastLayers(flow)) {
    if (!SOFTMAX.has(softmax.kind)) continue;
    const relu = clippingBefore(softmax.inputs[0], flow);
    if (relu === undefined) continue;
    const facts = { layer: relu.kind, behind: softmax.kind };
    reporter.report(problem("CNN4009", facts), relu.span, {
      related: [{ span: softmax.span, text: "takes the scores" }],
    });
  }
};

/** The softmax may be the loss's own. */
export const clippedLoss: TrainLint = (train, { flow }, reporter) => {
  if (choiceOf(train, "loss") !== "cross_entropy") return;
  for (const relu of lastLayers(flow)) {
    if (!CLIPPING.has(relu.kind)) continue;
    const facts = { layer: relu.kind, behind: "cross_entropy" };
    reporter.report(problem("CNN4009", facts), relu.span);
  }
};

function clippingBefore(id: number, flow: Flow): ReturnType<Flow["makerOf"]> {
  const maker = flow.makerThrough(id, changesNothing);
  return maker !== undefined && CLIPPING.has(maker.kind) ? maker : undefined;
}
