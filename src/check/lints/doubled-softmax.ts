/**
 * A model that ends with the function that its loss applies itself: `cross_entropy` takes scores,
 * `nll` logarithms of probabilities, `bce_with_logits` scores (as in PyTorch). Training then still
 * runs, but hardly learns.
 */
import { problem } from "../../diagnostics/diagnostic.ts";
import type { TrainLint } from "./lint.ts";
import { lastLayers } from "./results.ts";
import { choiceOf, settingOf } from "./settings.ts";

/** The layers that must not stand in front of a loss. */
const UNSUITED: Readonly<Record<string, readonly string[]>> = {
  cross_entropy: ["softmax", "log_softmax"],
  nll: ["softmax"],
  bce_with_logits: ["sigmoid"],
};

export const doubledSoftmax: TrainLint = (train, { flow }, reporter) => {
  const loss = choiceOf(train, "loss");
  const place = settingOf(train, "loss")?.span;
  if (loss === undefined || place === undefined || !Object.hasOwn(UNSUITED, loss)) return;
  for (const { kind: layer, span } of lastLayers(flow)) {
    if (!UNSUITED[loss].includes(layer)) continue;
    reporter.report(problem("CNN4008", { layer, loss }), span, {
      related: [{ span: place, text: "the loss" }],
    });
  }
};
