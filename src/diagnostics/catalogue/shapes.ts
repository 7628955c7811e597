/** CNN2xxx: sizes that do not fit. */
import { entry } from "../entry.ts";

const CHANNELS_LAST =
  "the last axis looks like the channels (data [N, H, W, C]), but maps are [N, C, H, W]: " +
  "declare the input so, or put `permute(order: (0, 3, 1, 2))` in front";

export const shapeErrors = {
  CNN2001: entry<{
    layer: string;
    /** `a map [N, C, H, W]`. */
    needs: string;
    /** The number of axes it gets. */
    rank: number;
    /** The shape. */
    gets: string;
  }>({
    severity: "error",
    title: ({ layer, needs }) => `\`${layer}\` needs ${needs}`,
    label: ({ rank, gets }) => `gets ${gets}, ${rank} ${rank === 1 ? "axis" : "axes"}`,
    help: ({ needs, rank, gets }) => {
      if (!needs.includes("[N, C, H, W]")) return [];
      if (rank === 2) {
        return [
          "put it in front of the `flatten` or `linear` that ended the map",
          "or make a map of a vector: `reshape([-1, C, H, W])`",
        ];
      }
      if (rank !== 3) return [];
      const [, axes] = /^\[([13], .*\])$/.exec(gets) ?? [];
      return [
        axes === undefined
          ? "a grey image is a map too: [N, 1, H, W]; a single one is [1, C, H, W]"
          : `the batch is missing: [N, ${axes} takes any number of images, [1, ${axes} one`,
      ];
    },
    explain: `
Convolutions, pools and most normalisations work on maps \`[N, C, H, W]\`: images, channels, height,
width. \`flatten\`, \`linear\` and \`mean\` end the part of a model that has height and width; what
follows them is \`[N, F]\`, without neighbours that a window could slide over.

Move the layer in front of the one that removed the axes, or declare the model's input with all four.`,
  }),

  CNN2002: entry<{
    layer: string;
    /** The parameter that states it: `in_channels`. */
    parameter: string;
    stated: string;
    gets: string;
    shape: string;
    /** The stated number is the size of the last axis. */
    channelsLast: boolean;
  }>({
    severity: "error",
    title: ({ layer, stated }) => `\`${layer}\` was written for ${stated} channels`,
    label: ({ gets, shape }) => `the input ${shape} has ${gets}`,
    help: ({ parameter, stated, gets, channelsLast }) => {
      if (channelsLast) return [CHANNELS_LAST];
      const remedy = `write \`${parameter}: ${gets}\` or leave it out: the number follows from the input`;
      return stated === "3" && gets === "1"
        ? [
            "declare the model's input with 3 channels: a grey image file is then read as RGB",
            remedy,
          ]
        : [remedy];
    },
    explain: `
The number of input channels follows from the input and need not be written. Where a program does
write it (\`in_channels\`, \`num_features\`, \`num_channels\`), it is a statement that must be true.

Usual reasons: a grey image (1 channel) in a net for RGB (3); data in the order [N, H, W, C]; a layer
in front that makes another number of channels than the next one was written for.`,
  }),

  CNN2003: entry<{
    /** `height` or `width`. */
    axis: string;
    /** Texts, since sizes may be symbolic. */
    needs: string;
    gets: string;
    /** The output-size formula with its numbers put in. */
    formula: string;
    /** The input's last axis has the size of an image's channels. */
    channelsLast: boolean;
  }>({
    severity: "error",
    title: () => "the kernel is larger than its input",
    label: ({ needs, gets }) => `needs at least ${needs}, gets ${gets}`,
    notes: ({ axis, formula }) => [`${axis}: ${formula}`],
    help: ({ channelsLast }) => (channelsLast ? [CHANNELS_LAST] : []),
    explain: `
A window of the given kernel must fit into the (padded) input at least once; its extent is
\`dilation · (kernel - 1) + 1\`. The output size
\`floor((input + padding - dilation · (kernel - 1) - 1) / stride) + 1\` would be 0 or less.

Earlier strides and pools have usually made the map too small: use fewer of them, pad, take a
smaller kernel, or give the model a larger image.`,
  }),

  CNN2004: entry<{
    layer: string;
    groups: string;
    /** Which number is not divided. */
    side: "input" | "output";
    channels: string;
    /** Numbers of groups that would do. */
    fitting: readonly number[];
  }>({
    severity: "error",
    title: ({ groups, side, channels }) =>
      `${groups} groups do not divide ${channels} ${side} channels`,
    label: ({ groups, channels }) => `${channels} / ${groups} is not a whole number`,
    help: ({ fitting }) =>
      fitting.length === 0 ? [] : [`\`groups\` that fit here: ${fitting.join(", ")}`],
    explain: `
With \`groups: g\` the input channels are cut into g equal parts, and each part makes an equal part of
the output channels; so g must divide both numbers. One group for each input channel is what
\`depthwise\` is for.`,
  }),

  CNN2005: entry<{ axis: string; padding: number; kernel: number }>({
    severity: "error",
    title: () => "the padding is more than half the pool's kernel",
    label: ({ axis, padding, kernel }) =>
      `${axis}: padding ${padding}, kernel ${kernel}: at most ${Math.floor(kernel / 2)} fits`,
    help: ({ kernel }) => [
      `write \`padding: ${Math.floor(kernel / 2)}\` or less, or put a \`pad\` layer in front`,
    ],
    explain: `
A pool's padding stands for pixels that are not there. With more of it than half the kernel, a window
could lie on padding alone and would have no maximum or mean. PyTorch has the same rule.`,
  }),

  CNN2006: entry<{
    layer: string;
    stride: number;
    /** The sides that give the same output size, as a program writes them. */
    padding: string;
  }>({
    severity: "error",
    title: ({ layer }) => `\`same\` padding does not go with a stride in \`${layer}\``,
    label: ({ stride }) => `the stride is ${stride}`,
    help: ({ padding }) => [`write \`padding: ${padding}\`: the output is ceil(input / stride)`],
    explain: `
\`padding: same\` keeps a map's size, which a stride does not. Frameworks that allow both place the
padding differently, so that the same weights give different results; PyTorch refuses it. Explicit
padding says which pixels are meant.

A pool's stride is its kernel unless given: \`max_pool(3, stride: 1, padding: same)\` keeps the size.`,
  }),

  CNN2007: entry<{
    /** The map's shape. */
    gets: string;
    /** `16·5·5 = 400`. */
    features: string;
    /** Size of the last axis. */
    last: string;
    /** `in_features`, where it was written. */
    stated?: string;
  }>({
    severity: "error",
    title: () => "a `flatten` is missing in front of `linear`",
    label: ({ gets, stated }) =>
      stated === undefined
        ? `gets the map ${gets}`
        : `written for ${stated} features, gets the map ${gets}`,
    help: ({ features, last }) => [
      `write \`-> flatten -> linear(…)\`: linear then reads ${features} features`,
      `if linear is meant for the last axis alone, say so: \`in_features: ${last}\``,
    ],
    explain: `
\`linear\` works on the last axis of its input. On a map \`[N, C, H, W]\` this would be the width, with
one and the same matrix for every row, which is hardly ever meant: \`flatten\` first makes one vector
\`[N, C·H·W]\` of each image. After \`global_avg_pool\` too: it gives \`[N, C, 1, 1]\`.

Where it is meant (on data [N, H, W, C], as in ConvNeXt's blocks), write the size of the last axis as
\`in_features\`.`,
  }),

  CNN2008: entry<{ stated: string; gets: string; shape: string }>({
    severity: "error",
    title: ({ stated }) => `\`linear\` is sized for ${stated} features`,
    label: ({ gets, shape }) => `the input ${shape} has ${gets}`,
    help: ({ gets }) => [
      `write \`in_features: ${gets}\` or leave it out: the number follows from the input`,
    ],
    explain: `
\`in_features\` need not be written; where it is, it must be the size of the input's last axis. After a
\`flatten\` that is channels · height · width of the map, so it changes with the image's size and with
every stride, pool and padding in front. A model that must take images of any size ends its map with
\`global_avg_pool\` or \`adaptive_avg_pool\`.`,
  }),

  CNN2009: entry<{ groups: number; channels: string; fitting: readonly number[] }>({
    severity: "error",
    title: ({ groups, channels }) =>
      `\`group_norm\`: ${groups} groups do not divide ${channels} channel${channels === "1" ? "" : "s"}`,
    label: ({ groups, channels }) => `${channels} / ${groups} is not a whole number`,
    help: ({ fitting }) =>
      fitting.length === 0 ? [] : [`\`num_groups\` that fit here: ${fitting.join(", ")}`],
    explain: `
\`group_norm\` cuts the channels into groups of equal size and normalises each. One group is a
\`layer_norm\` without its per-pixel weights, as many groups as channels an \`instance_norm\`.`,
  }),

  CNN2010: entry<{ axis: string; outputPadding: number; stride: number; dilation: number }>({
    severity: "error",
    title: () => "the output padding is too large",
    label: ({ axis, outputPadding, stride, dilation }) =>
      `${axis}: ${outputPadding} is not below the stride ${stride} or the dilation ${dilation}`,
    help: ({ stride, dilation }) => [
      `write \`output_padding: ${Math.max(stride, dilation) - 1}\` or less`,
    ],
    explain: `
Several input sizes of a strided convolution give the same output size. \`output_padding\` of a
transposed convolution chooses between them: 0 is the smallest, stride − 1 the largest. More than that
would add rows that no input pixel reaches.`,
  }),

  CNN2011: entry<{ axis: string; formula: string }>({
    severity: "error",
    title: () => "the transposed convolution leaves nothing of the map",
    label: ({ axis }) => `the ${axis} would be less than 1`,
    notes: ({ axis, formula }) => [`${axis}: ${formula}`],
    help: () => ["use less padding: a transposed convolution's padding cuts its output"],
    explain: `
A transposed convolution undoes a convolution's change of size:
\`(input - 1) · stride - padding + dilation · (kernel - 1) + output_padding + 1\`. Padding, which made
the convolution's input larger, here cuts that much off the output.`,
  }),

  CNN2012: entry<{ axis: "images" | "scales and shifts"; needs: string; gets: string }>({
    severity: "error",
    title: () => "the style does not fit the content",
    label: ({ axis, needs, gets }) => `needs ${needs} ${axis}, gets ${gets}`,
    help: ({ axis, needs }) =>
      axis === "images" ? [] : [`make the style with \`linear(${needs})\``],
    explain: `
\`adain(content, style)\` scales and shifts each channel of each image of the content \`[N, C, H, W]\`.
The style is \`[N, 2·C]\`: first C scales, then C shifts, usually the output of a \`linear(2 * C)\` on a
latent vector.`,
  }),

  CNN2013: entry<{ axis: number; reason: "batch" | "twice" }>({
    severity: "error",
    title: ({ axis }) => `\`layer_norm\` cannot normalise over axis ${axis}`,
    label: ({ reason }) =>
      reason === "batch"
        ? "this is the batch: images must not depend on each other"
        : "the axis is named twice",
    help: () => ["leave `axes` out for all axes but the batch, or write `axes: channel`"],
    explain: `
\`axes\` names the axes over which mean and variance are taken: by number (0 is the batch, −1 the last)
or by name (\`channel\`, \`height\`, \`width\`). The weights have the shape of these axes. Unless given,
these are all axes but the batch.`,
  }),

  CNN2014: entry<{ layer: string; shape: string }>({
    severity: "error",
    title: ({ layer }) => `\`${layer}\` has a single value per channel to normalise`,
    label: ({ shape }) => `gets ${shape}`,
    help: () => ["put it in front of the layer that reduced the map to one pixel, or remove it"],
    explain: `
The mean of one value is that value and its variance 0, so that the layer would answer 0 for every
image. PyTorch refuses it too. Global pools make maps of one pixel; several strides and pools in a row
may do so as well.`,
  }),
};
