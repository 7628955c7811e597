/** Each layer in PyTorch, by kind. Most names and numbers are PyTorch's own already. */
import { activationForms } from "./activations.ts";
import { arithmeticForms } from "./arithmetic.ts";
import { arrangementForms } from "./arrangement.ts";
import { convolutionForms } from "./convolution.ts";
import type { Forms } from "./form.ts";
import { learned } from "./learned.ts";
import { normalizationForms } from "./normalization.ts";
import { poolingForms } from "./pooling.ts";
import { reductionForms } from "./reductions.ts";
import { resamplingForms } from "./resampling.ts";

export const forms: Forms = {
  ...convolutionForms,
  ...normalizationForms,
  ...poolingForms,
  ...resamplingForms,
  ...activationForms,
  ...arithmeticForms,
  ...reductionForms,
  ...arrangementForms,
  parameter: learned,
};
