/** Programs that run but probably do not do what was meant: one file a lint, this is their table. */
import type { Train } from "../../syntax/ast.ts";
import type { CheckedModel } from "../check-model.ts";
import type { Module } from "../modules.ts";
import type { Reporter } from "../reporter.ts";
import { cancelledBias } from "./cancelled-bias.ts";
import { channelsLast } from "./channels-last.ts";
import { clippedLoss, clippedScores } from "./clipped-scores.ts";
import { doubledSoftmax } from "./doubled-softmax.ts";
import { droppedBorder } from "./dropped-border.ts";
import { dropoutBeforeNorm } from "./dropout-before-norm.ts";
import { Flow } from "./flow.ts";
import { hiddenNames } from "./hidden-names.ts";
import type { ModelLint, ModuleLint, TrainLint } from "./lint.ts";
import { localGlobalPool } from "./local-global-pool.ts";
import { lonelyBatch } from "./lonely-batch.ts";
import { misalignedBranches } from "./misaligned-branches.ts";
import { misleadingLabels } from "./misleading-labels.ts";
import { missingLabels } from "./missing-labels.ts";
import { missingNonlinearity } from "./missing-nonlinearity.ts";
import { offCentreKernel } from "./off-centre-kernel.ts";
import { renamedGroupNorm } from "./renamed-group-norm.ts";
import { skippedPixels } from "./skipped-pixels.ts";
import { unseenInput } from "./unseen-input.ts";
import { unusedNames } from "./unused-names.ts";

const modelLints: readonly ModelLint[] = [
  cancelledBias,
  missingNonlinearity,
  droppedBorder,
  skippedPixels,
  unseenInput,
  localGlobalPool,
  misalignedBranches,
  clippedScores,
  dropoutBeforeNorm,
  renamedGroupNorm,
  offCentreKernel,
  channelsLast,
  missingLabels,
];

const trainLints: readonly TrainLint[] = [doubledSoftmax, clippedLoss, lonelyBatch];

const moduleLints: readonly ModuleLint[] = [unusedNames, hiddenNames, misleadingLabels];

/** @param trains the `train` blocks of this model */
export function lintModel(model: CheckedModel, trains: readonly Train[], reporter: Reporter): void {
  const subject = { ...model, flow: new Flow(model.graph) };
  for (const lint of modelLints) lint(subject, reporter);
  for (const train of trains) {
    for (const lint of trainLints) lint(train, subject, reporter);
  }
}

export function lintModule(module: Module, reporter: Reporter): void {
  for (const lint of moduleLints) lint(module, reporter);
}
