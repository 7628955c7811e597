/** CNN2xxx: sizes that do not fit. */
import { entry } from "../entry.ts";

export const shapeErrors = {
  CNN2003: entry<{
    /** `height` or `width`. */
    axis: string;
    /** Texts, since sizes may be symbolic. */
    needs: string;
    gets: string;
    /** The output-size formula with its numbers put in. */
    formula: string;
  }>({
    severity: "error",
    title: () => "the kernel is larger than its input",
    label: ({ needs, gets }) => `needs at least ${needs}, gets ${gets}`,
    notes: ({ axis, formula }) => [`${axis}: ${formula}`],
    explain: `
A window of the given kernel must fit into the (padded) input at least once; its extent is
\`dilation · (kernel - 1) + 1\`. The output size
\`floor((input + padding - dilation · (kernel - 1) - 1) / stride) + 1\` would be 0 or less.

Earlier strides and pools have usually made the map too small: use fewer of them, pad, take a
smaller kernel, or give the model a larger image.`,
  }),
};
