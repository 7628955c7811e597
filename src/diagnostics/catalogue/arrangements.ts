/** CNN205x and CNN206x: tensors that do not join, and sizes that cannot be arranged as asked. */
import { entry } from "../entry.ts";

export const arrangementErrors = {
  CNN2050: entry<{ layer: string; axis: number; shape: string; rank: number }>({
    severity: "error",
    title: ({ layer, axis }) => `\`${layer}\` cannot work along axis ${axis}`,
    label: ({ shape, rank }) => `the input ${shape} has ${rank} ${rank === 1 ? "axis" : "axes"}`,
    help: ({ rank }) =>
      rank === 0 ? [] : [`axes count from 0 to ${rank - 1}, or back from -1, which is the last`],
    explain: `
Axes are counted as in PyTorch: 0 is the batch, 1 the channels, 2 the height, 3 the width; -1 is the
last one. They may be named too: \`batch\`, \`channel\`, \`height\`, \`width\`. After \`flatten\` there are
only the batch (0) and the features (1).`,
  }),

  CNN2051: entry<{
    /** `add`, `mul`. */
    layer: string;
    /** `channels`, `height`. */
    axis: string;
    left: string;
    right: string;
    leftShape: string;
    rightShape: string;
    /** The tensors have different numbers of axes. */
    ranksDiffer: boolean;
  }>({
    severity: "error",
    title: ({ layer, axis, left, right, leftShape, rightShape, ranksDiffer }) =>
      ranksDiffer
        ? `\`${layer}\` cannot match ${leftShape} with ${rightShape}`
        : `\`${layer}\` needs the same ${axis} on both sides, gets ${left} and ${right}`,
    label: ({ left, right, leftShape, rightShape, ranksDiffer }) =>
      ranksDiffer
        ? `from the last axis backwards, ${left} meets ${right}`
        : `${leftShape} meets ${rightShape}`,
    help: ({ axis, left, right, ranksDiffer }) => {
      if (ranksDiffer) {
        return [
          "shapes are compared from their last axis: a gate [N, C] for a map [N, C, H, W] needs " +
            "the shape [N, C, 1, 1] (`global_avg_pool` and `conv(…, kernel: 1)` keep it)",
        ];
      }
      if (axis === "channels") {
        return [
          `give both sides the same channels: a projection \`conv(${left}, kernel: 1)\` on the ` +
            `side with ${right}, or the other way round`,
        ];
      }
      if (axis === "height" || axis === "width") {
        return ["give both sides the same strides, and kernels whose padding keeps the size"];
      }
      return [];
    },
    explain: `
\`+ - * /\` work element by element. Sizes must be equal, axis by axis from the last one backwards;
only a size of 1 stretches to the other's (*broadcasting*), so that a gate \`[N, C, 1, 1]\` scales every
pixel of a map \`[N, C, H, W]\`.

The usual cause is a residual connection around layers that change the channels or the size: the
shortcut then needs a *projection*, a \`conv\` with kernel 1 and the same stride, as in ResNet.`,
  }),

  CNN2052: entry<{
    /** The axis along which the sizes differ. */
    axis: string;
    /** The axis along which `concat` joins. */
    along: string;
    first: string;
    other: string;
    firstShape: string;
    otherShape: string;
    /** Which tensor does not fit the first, from 2. */
    position: number;
  }>({
    severity: "error",
    title: ({ axis, along, first, other }) =>
      `\`concat\` along the ${along} needs the same ${axis} everywhere, gets ${first} and ${other}`,
    label: ({ firstShape, otherShape, position }) =>
      `tensor 1 is ${firstShape}, tensor ${position} is ${otherShape}`,
    help: ({ axis }) =>
      axis === "height" || axis === "width"
        ? [
            "kernels without padding make maps smaller: `padding: same` keeps the size",
            "a size that is halved and doubled again comes back only when it is divisible: take " +
              "such an input, or `upsample(size: …)` to the size of the other map",
          ]
        : [],
    explain: `
\`concat\` puts tensors one behind the other along one axis (channels, unless \`axis:\` says otherwise).
All other sizes must be equal.

The usual cause is a U-Net on an image whose size is not divisible by 2 as often as it is pooled:
41 becomes 20, and doubled 40. Declare the input as divisible (\`where H % 16 == 0\`), or upsample to
the size of the other map: \`upsample(size: (skip.height, skip.width))\`.`,
  }),

  CNN2053: entry<{ firstShape: string; otherShape: string; position: number }>({
    severity: "error",
    title: () => "`concat` needs tensors with equally many axes",
    label: ({ firstShape, otherShape, position }) =>
      `tensor 1 is ${firstShape}, tensor ${position} is ${otherShape}`,
    help: () => ["put `flatten` behind the map, or `reshape` the other one"],
    explain: `
A map \`[N, C, H, W]\` and a vector \`[N, F]\` have nothing in common along which they could be joined.
Flatten the map first, or give the vector a shape with height and width.`,
  }),

  CNN2054: entry<{
    layer: string;
    /** `channels`, `height`. */
    axis: string;
    size: string;
    parts: number;
    /** What the parts are: `factor² = 9`, `3 groups`. */
    reason: string;
  }>({
    severity: "error",
    title: ({ layer, axis, size, parts }) =>
      `\`${layer}\` cannot cut ${axis} of ${size} into ${parts} equal parts`,
    label: ({ reason, size, parts }) => `${reason}: ${size} / ${parts} is not a whole number`,
    help: ({ axis, parts }) => [`make the ${axis} a multiple of ${parts}`],
    explain: `
\`split(n)\` makes n equal parts, \`channel_shuffle(groups)\` deals the channels of equal groups, and
\`pixel_shuffle(factor)\` turns factor² channels into one of factor times the height and width. The
size must be a multiple of that number.

\`split\` also takes the sizes themselves, which may differ: \`split((16, 48))\`.`,
  }),

  CNN2055: entry<{ axis: string; size: string; sizes: string; sum: number }>({
    severity: "error",
    title: ({ axis, size, sum }) =>
      `the parts of \`split\` are ${sum} together, the ${axis} ${size}`,
    label: ({ sizes, sum }) => `${sizes} = ${sum}`,
    explain: `
\`split((16, 48))\` cuts an axis into parts of these sizes; together they must be the whole axis. To
leave a part out, take \`slice(axis: channel, start: 0, end: 16)\`.`,
  }),

  CNN2056: entry<{ axis: string; size: string; start: string; end: string }>({
    severity: "error",
    title: ({ axis, start, end }) => `\`slice\` from ${start} to ${end} is not within the ${axis}`,
    label: ({ axis, size }) => `the ${axis} has ${size} places`,
    help: ({ size }) => [
      `start and end count from 0 to ${size}, or back from the end below 0; the end is not included`,
    ],
    explain: `
\`slice(axis, start, end, step)\` keeps the places from \`start\` up to, not including, \`end\`; negative
numbers count back from the end. At least one place must be left, and none may lie outside. (PyTorch
cuts such ends off silently, which hides mistakes.)`,
  }),

  CNN2057: entry<{
    from: string;
    to: string;
    /** `16·5·5 = 400`, or the product of the sizes. */
    elements: string;
    wanted: string;
  }>({
    severity: "error",
    title: () => "`reshape` does not keep the number of elements",
    label: ({ from, to }) => `${from} cannot become ${to}`,
    notes: ({ elements, wanted }) => [`elements: ${elements} given, ${wanted} asked for`],
    help: () => ["write -1 for one size: it then follows from the others"],
    explain: `
\`reshape\` arranges the same elements, in the same order, in another shape; so the product of all
sizes must stay, and with -1 for one size, the product of the others must divide it. The batch counts
too: write its name, \`reshape([N, 16, -1])\`.`,
  }),

  CNN2058: entry<{ order: string; shape: string; rank: number }>({
    severity: "error",
    title: () => "`permute` must name every axis once",
    label: ({ order, shape }) => `${order} is not an order of the axes of ${shape}`,
    help: ({ rank }) => [`name each of 0 to ${rank - 1} once`],
    explain: `
\`permute(order: (0, 3, 1, 2))\` says for every axis of the result which axis of the input it is. This
one turns channels-last data \`[N, H, W, C]\` into \`[N, C, H, W]\`. Names may stand for numbers:
\`batch\`, \`channel\`, \`height\`, \`width\`.`,
  }),

  CNN2059: entry<{ axis: string; padding: number; size: string }>({
    severity: "error",
    title: ({ axis }) => `the ${axis} is too small to be mirrored so far`,
    label: ({ padding, size }) =>
      `padding ${padding} needs a size of at least ${padding + 1}, gets ${size}`,
    help: () => ["pad less, or use `mode: edge`, which repeats the last pixel"],
    explain: `
\`pad(mode: reflect)\` continues a map with its mirror image, without repeating the pixel at the edge.
A map with n pixels has n − 1 behind its edge, so that is the most that can be padded on a side.`,
  }),

  CNN2060: entry<{
    layer: string;
    /** `mean`, `num_parameters`. */
    argument: string;
    count: string;
    channels: string;
    shape: string;
  }>({
    severity: "error",
    title: ({ layer, argument, count, channels }) =>
      `\`${argument}\` of \`${layer}\` has ${count} values for ${channels} ` +
      (channels === "1" ? "channel" : "channels"),
    label: ({ shape }) => `the input is ${shape}`,
    help: ({ channels }) => [
      channels === "1" ? "give one value" : `give one value for all, or ${channels}`,
    ],
    explain: `
The argument is one value for all channels, or one for each. A grey image has one channel, an RGB
image three; ImageNet's usual \`mean: (0.485, 0.456, 0.406)\` is for RGB.`,
  }),

  CNN2061: entry<{ layer: string; conflict: string; remedy: string }>({
    severity: "error",
    title: ({ layer }) => `the arguments of \`${layer}\` do not go together`,
    label: ({ conflict }) => conflict,
    help: ({ remedy }) => [remedy],
    explain: `
Each argument is allowed by itself, but not with the others: \`upsample\` takes either a \`scale\` or a
\`size\`, \`align_corners\` only matters for \`mode: bilinear\`, \`clip\` needs a \`min\` or a \`max\`, and the
smaller one first, \`pad\` uses \`value\` only in \`mode: constant\`, \`reshape\` can work out one size (-1),
not two, and \`flip\`, \`squeeze\`, \`mean\` and their like name each axis once.`,
  }),

  CNN2062: entry<{ axis: string; size: string; scale: number }>({
    severity: "error",
    title: ({ axis }) => `\`upsample\` leaves nothing of the ${axis}`,
    label: ({ size, scale }) => `floor(${size} · ${scale}) is less than 1`,
    help: () => ["take a larger scale or a larger input"],
    explain: `
The output size is the input size times \`scale\`, rounded down. A scale below 1 makes maps smaller, and
a map of one or two pixels may vanish.`,
  }),

  CNN2063: entry<{
    left: string;
    right: string;
    leftShape: string;
    rightShape: string;
  }>({
    severity: "error",
    title: ({ leftShape, rightShape }) =>
      `\`matmul\` cannot multiply ${leftShape} by ${rightShape}`,
    label: ({ left, right }) => `${left} columns meet ${right} rows`,
    help: () => ["to multiply by the transposed matrix, exchange its last two axes with `permute`"],
    explain: `
A row of the first matrix meets a column of the second: \`[.., M, K]\` by \`[.., K, N]\`. The last axis of the
first tensor must be as long as the last but one of the second. The axes before them are matrices side by
side, and stretch as in arithmetic.`,
  }),

  CNN2064: entry<{ axis: string; size: string; shape: string }>({
    severity: "error",
    title: ({ axis, size }) => `\`squeeze\` leaves out axes of size 1, but the ${axis} is ${size}`,
    label: ({ shape }) => `gets ${shape}`,
    help: () => ["reduce the axis first, with `mean` or a global pool, or join axes by `flatten`"],
    explain: `
An axis of size 1 holds nothing apart, so that it can be left out. A longer one has elements that would
have to go somewhere: \`mean(axes: …)\` makes them one, \`flatten\` puts them into the axis before.`,
  }),

  CNN2065: entry<{ axis: string; size: string; index: number; shape: string }>({
    severity: "error",
    title: ({ axis, size, index }) =>
      `place ${index} is outside of the ${axis}, whose size is ${size}`,
    label: ({ shape }) => `gets ${shape}`,
    help: () => ["places are numbered from 0, and -1 is the last"],
    explain: `
\`index_select\` takes places of an axis by their numbers. They begin at 0, and negative ones count from the
end, as in Python.`,
  }),
};
