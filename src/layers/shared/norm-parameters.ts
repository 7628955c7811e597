/** The parameters that several normalisations have, as PyTorch names them. */
import { float, optionalSize } from "../parameters.ts";

export const epsilon = float({
  doc: "Added to the variance before the root.",
  min: 0,
  default: 1e-5,
});

/** `num_features` or `num_channels`. */
export const statedFeatures = optionalSize({
  doc: "A checked statement of the input's channels; they follow from the input.",
  min: 1,
});

export const AFFINE_DOC = "Scale and shift each channel by learned numbers.";
