/** CNN4xxx: programs that run but probably do not do what was meant. */
import { entry } from "../entry.ts";

export const lints = {
  CNN4001: entry<{ layer: string; norm: string }>({
    severity: "warning",
    title: ({ norm }) => `this bias does nothing: \`${norm}\` subtracts it again`,
    label: ({ layer }) => `\`${layer}\` has a bias unless told otherwise`,
    explain: `
\`batch_norm\` subtracts the mean of each channel, and with it any constant that the layer before
added to that channel; it then adds a bias of its own. The first bias takes memory, is read from the
weights file, and changes nothing. The same holds for \`instance_norm\`, and for \`group_norm\` with one
group a channel.

Where weights of another framework were trained with the bias (torchvision's VGG), keep it and say so:
\`@allow(CNN4001)\`.`,
  }),

  CNN4002: entry<{ first: string; second: string; kind: string }>({
    severity: "warning",
    title: ({ first, second }) => `no nonlinearity stands between \`${first}\` and \`${second}\``,
    label: ({ kind }) => `this \`${kind}\` works on the output of a linear layer`,
    help: () => ["put an activation between them: `-> relu ->`"],
    explain: `
A convolution of a convolution is a convolution, a matrix times a matrix is a matrix: without a
nonlinearity between them, two such layers compute nothing that one could not, at a higher price.
Normalisation by running statistics, average pools, dropout and \`flatten\` are linear, too.

Usually an activation was forgotten. Not reported are factorisations, which are made of two linear
layers to save work: a depthwise or grouped layer beside a dense one, kernels along different axes
(1×3, then 3×1), and fewer channels between the two than at both ends, as in MobileNetV2.`,
  }),

  CNN4003: entry<{
    layer: string;
    /** `rows`, `columns`, `rows and columns`. */
    lines: string;
    dropped: number;
    length: number;
    /** The layer has `ceil_mode`. */
    canCeil: boolean;
  }>({
    severity: "warning",
    title: ({ dropped, length, lines }) =>
      dropped === 1
        ? `nothing reads the last of ${length} ${lines}`
        : `nothing reads the last ${dropped} of ${length} ${lines}`,
    label: ({ layer }) => `the windows of \`${layer}\` end before the map does`,
    help: ({ canCeil, layer }) =>
      canCeil
        ? ["write `ceil_mode: true`, or choose sizes that the stride divides"]
        : [`pad the map, or choose sizes that the stride of \`${layer}\` divides`],
    explain: `
A window moves by its stride, and stops where it would no longer fit: a pool of 2 on 7 rows reads the
rows 0 to 5. What stands in the last rows and columns then has no influence on the answer, which for
small maps is a good part of the image (a row of a map of 7 stands for a seventh of the picture).

\`ceil_mode: true\` lets a pool's last window reach over the border; padding does the same for a
convolution; another input size may make all sizes even. Reported from a twentieth of the map on, and
only if no other layer reads it.`,
  }),

  CNN4004: entry<{ layer: string; lines: string; read: number; stride: number }>({
    severity: "warning",
    title: ({ lines, read, stride }) =>
      `of every ${stride} ${lines} only ${read} ${read === 1 ? "is" : "are"} read`,
    label: ({ layer, stride }) => `the windows of \`${layer}\` move by ${stride} and leave gaps`,
    help: ({ stride }) => [
      `take a kernel of at least ${stride}, or a smaller stride`,
      "to shrink a map, `avg_pool` or `max_pool` read every pixel",
    ],
    explain: `
With a stride larger than the kernel, windows do not touch: the pixels between them influence nothing.
A dilated kernel whose taps all fall on multiples of the stride skips pixels in the same way.

A 1×1 convolution with stride 2 in a residual shortcut does this by intention, since the other branch
reads the whole map; it is not reported.`,
  }),

  CNN4005: entry<{ input: string; lines: string; unseen: number; length: number }>({
    severity: "warning",
    title: ({ input, lines, unseen, length }) =>
      `no result depends on the last ${unseen} of ${length} ${lines} of \`${input}\``,
    label: () => "several layers each leave a little of the border unread",
    help: () => [
      "choose a size that the strides divide, or write `padding` or `ceil_mode: true` at these layers",
    ],
    explain: `
Each strided layer may leave the last rows of its map unread when its windows do not fit exactly. Deep
in a network one row of a map stands for many rows of the image, so small losses add up.`,
  }),

  CNN4006: entry<{ layer: string; sees: string; image: string }>({
    severity: "warning",
    title: ({ sees, image }) => `each place of this map has seen ${sees} of the ${image} image`,
    label: ({ layer }) => `\`${layer}\` joins places that know nothing of each other`,
    help: () => [
      "use more strided layers or pools in front, larger or dilated kernels, or smaller images",
    ],
    explain: `
A global pool averages what the places of a map say. When each place has seen less than half of the
image, nothing in the network ever related distant parts to each other: the model counts small
patterns, wherever they stand. That may be enough for textures, and is not for shapes.

The receptive field grows by (kernel − 1) · stride of all layers before; \`cnn summary\` shows it for
every layer. Gates (squeeze and excitation), which pool a map that others read as well, are not
reported.`,
  }),

  CNN4007: entry<{ layer: string; axis: string; apart: number }>({
    severity: "warning",
    title: ({ axis, apart }) =>
      `these branches look at places ${apart} pixels apart along the ${axis}`,
    label: ({ layer }) => `\`${layer}\` joins them as if they were one place`,
    help: () => ["pad both sides alike, use odd kernels, and crop a map at both ends"],
    explain: `
Every place of a map looks at a part of the image around some centre. Where branches join, places at
the same index should have the same centre. Padding on one side only, kernels of even size and crops
at one end move the centre of one branch, so that its features are added to those of a neighbour.

Pixels here are those of the joined map. Up to half a pixel is usual (a pool of 2 beside a convolution
of 3) and is not reported.`,
  }),

  CNN4008: entry<{ layer: string; loss: string }>({
    severity: "warning",
    title: ({ layer, loss }) =>
      loss === "nll"
        ? `the loss \`nll\` takes logarithms of probabilities, \`${layer}\` gives probabilities`
        : `the loss \`${loss}\` applies \`${layer}\` itself`,
    label: ({ loss }) => (loss === "nll" ? "not a logarithm" : "applied a second time"),
    help: ({ layer, loss }) =>
      loss === "nll"
        ? ["write `log_softmax`"]
        : [`remove \`${layer}\`: the model's result are then scores, whose order is the same`],
    explain: `
Losses are PyTorch's: \`cross_entropy\` takes scores and applies \`log_softmax\` itself,
\`bce_with_logits\` applies \`sigmoid\`, \`nll\` takes the output of \`log_softmax\`. Applied twice, the
function flattens the differences between classes, and training becomes slow or gets stuck.

The class with the highest score is the one with the highest probability, so a classifier needs no
softmax at its end.`,
  }),

  CNN4009: entry<{ layer: string; behind: string }>({
    severity: "warning",
    title: ({ layer, behind }) => `\`${layer}\` cuts off scores in front of \`${behind}\``,
    label: () => "all scores below 0 become equal",
    help: ({ layer }) => [`remove \`${layer}\`: scores may be of either sign`],
    explain: `
Softmax compares scores. An activation that cuts off negative ones makes all unlikely classes equally
likely, and gives them no gradient; where all scores of an image are negative, nothing is learnt from
it. The last layer before softmax is a plain \`linear\` or \`conv\`.`,
  }),

  CNN4010: entry<Record<string, never>>({
    severity: "warning",
    title: () => "dropout in front of `batch_norm` changes the variance that it measures",
    label: () => "drops values in training only",
    help: () => ["put `dropout` behind `batch_norm`, or leave it out"],
    explain: `
Dropout zeroes values in training and scales the others up, so their variance is larger than in
inference. \`batch_norm\` keeps the variance of training and uses it in inference, where it is then
wrong (Li, Chen, Hu and Yang: Understanding the Disharmony between Dropout and Batch Normalization by
Variance Shift, 2019). Networks put dropout behind the last \`batch_norm\`, in front of the classifier.`,
  }),

  CNN4011: entry<Record<string, never>>({
    severity: "warning",
    title: () => "`batch_norm` is trained on batches of one image",
    label: () => "mean and variance come from a single image",
    help: () => [
      "train with more images a batch, or take `group_norm`, which does not look at the batch",
    ],
    explain: `
\`batch_norm\` normalises by the mean and variance of the batch, and keeps their running average for
inference. With one image a batch these jump from step to step, and training and inference differ a
lot. From about 16 images on the statistics are good; \`group_norm\` and \`layer_norm\` work for any
batch.`,
  }),

  CNN4012: entry<{ what: string; name: string }>({
    severity: "warning",
    title: ({ what, name }) =>
      what === "let" ? `\`let ${name}\` is never used` : `the ${what} \`${name}\` is never used`,
    label: () => "declared here, mentioned nowhere",
    help: ({ name }) => [`remove it, or call it \`_${name}\` if that is meant`],
    explain: `
A name that nothing mentions is usually a branch that was not connected, or the rest of an earlier
version. Layers that lead to no result cost time and weights all the same.

Names that start with an underscore are never reported, nor are the blocks and constants of a file
without a model, which are there for other files.`,
  }),

  CNN4013: entry<{ name: string; isLayer: boolean }>({
    severity: "warning",
    title: ({ name, isLayer }) =>
      isLayer
        ? `\`${name}\` hides the layer of this name`
        : `\`${name}\` hides an outer \`${name}\``,
    label: ({ name }) => `from here on, \`${name}\` is this`,
    help: () => ["choose another name"],
    explain: `
An inner name is found before an outer one, and a declared one before a built-in layer. That is allowed,
but a reader who knows the other meaning is misled.`,
  }),

  CNN4014: entry<{ label: string; layer: string }>({
    severity: "warning",
    title: ({ label, layer }) => `the label \`${label}\` names a \`${layer}\``,
    label: () => "sounds like another layer",
    help: () => ["call it by what it does"],
    explain: `
Labels are names of weights and of rows in the summary. One that sounds like another kind of layer is
usually left over from an edit. Where the weights file has the name, allow it: \`@allow(CNN4014)\`.`,
  }),

  CNN4015: entry<{ groups: number; layer: "layer_norm" | "instance_norm"; affine: boolean }>({
    severity: "warning",
    title: ({ groups, layer }) =>
      layer === "instance_norm"
        ? `\`group_norm\` with as many groups as channels is \`instance_norm\``
        : `\`group_norm\` with ${groups} group is \`layer_norm\` with one weight a channel`,
    label: ({ layer }) =>
      layer === "instance_norm"
        ? "normalises each channel alone"
        : "normalises all channels as one",
    help: ({ layer, affine }) =>
      layer === "instance_norm"
        ? [`write \`instance_norm(affine: ${affine})\`, or fewer groups`]
        : ["take more groups (32 is usual), or allow it if it is meant: `@allow(CNN4015)`"],
    explain: `
\`group_norm\` stands between two other layers: with one group it normalises over channels, height and
width together, as \`layer_norm\` does (which has a weight for each element, \`group_norm\` one for each
channel); with as many groups as channels it is \`instance_norm\`. If that is meant, the other name says
so; if not, the number of groups is a slip.`,
  }),

  CNN4016: entry<{ layer: string; extent: number }>({
    severity: "warning",
    title: () => "`same` padding of an even kernel moves the map by half a pixel",
    label: ({ extent }) =>
      `reaches over ${extent} pixels: the end gets one pixel more padding than the start`,
    help: ({ extent }) => [`take an odd kernel, such as ${extent - 1} or ${extent + 1}`],
    explain: `
A kernel of 4 has no middle: to keep a map's size it needs 3 pixels of padding, of which 1 goes to the
start and 2 to the end (as in PyTorch; other frameworks may do it the other way round, so that the
same weights give other results). Each such layer moves its features by half a pixel against
everything that is joined to them later.`,
  }),

  CNN4017: entry<{ input: string; last: number; shape: string }>({
    severity: "warning",
    title: ({ input }) => `the last axis of \`${input}\` looks like its channels`,
    label: ({ shape, last }) => `${shape}: maps are [N, C, H, W], so this is ${last} pixels wide`,
    explain: `
Images from TensorFlow, OpenCV, Pillow and matplotlib have their channels last, \`[N, H, W, C]\`. Here, as in
PyTorch and ONNX, maps are \`[N, C, H, W]\`. Many layers run on the wrong order without a word, since
every number is a possible size.

Declare the input as [N, C, H, W] and move the axes where the data is read, or declare it as it comes
and put \`permute(order: (0, 3, 1, 2))\` in front: this is not reported then.`,
  }),

  CNN4018: entry<{ labels: number; classes: number }>({
    severity: "warning",
    title: ({ labels, classes }) =>
      `the output has ${classes} ${classes === 1 ? "class" : "classes"}, \`@labels\` names ${labels}`,
    label: ({ labels, classes }) => {
      if (labels > classes) return `only the first ${classes} of them name something`;
      if (labels + 1 === classes) return `class ${labels} has no name`;
      return `classes ${labels} to ${classes - 1} have no name`;
    },
    help: ({ classes }) => [`give ${classes} labels, or change the last layer`],
    explain: `
\`@labels\` names the classes in the order of the output, one for each. With another number, either the last
layer is not the one that was meant, or a label was forgotten: then all behind it are one place off, and
answers are called by wrong names without any other sign.`,
  }),
};
