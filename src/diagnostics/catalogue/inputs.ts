/** CNN5xxx: files that a program needs (weights, images, arrays) and the sizes they give it. */
import { entry } from "../entry.ts";
import { FOREIGN, type ForeignKind, type Wanted } from "../foreign-kinds.ts";

const plural = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;
const listed = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(", ");
const megabytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`;

export const inputErrors = {
  CNN5001: entry<{ path: string; reason: string }>({
    severity: "error",
    title: ({ path }) => `cannot read ${path}`,
    label: ({ reason }) => reason,
    explain: `
The file does not exist, is a directory, or may not be read. Paths in a program are relative to the
program's own folder; paths on the command line to the current one.`,
  }),

  CNN5002: entry<{ file: string; format: string; reason: string }>({
    severity: "error",
    title: ({ file, format }) => `${file} is not a valid ${format} file`,
    label: ({ reason }) => reason,
    help: () => ["copy, download or save the file again"],
    explain: `
The content does not follow the file's format: it was cut short while it was copied, was damaged, or
is another kind of file under this name. Nothing of it was used.

- \`.safetensors\` is written by \`safetensors.torch.save_file(model.state_dict(), path)\`,
- \`.npy\` by \`numpy.save(path, array)\` and \`.npz\` by \`numpy.savez(path, name=array)\`,
- \`.onnx\` by \`torch.onnx.export(model, example, path)\`,
- \`.png\` by any image program.

A PyTorch checkpoint (\`.pt\`, \`.pth\`) is a program as much as a file and is not read; load it in
PyTorch and save its \`state_dict\` as safetensors.`,
  }),

  CNN5003: entry<{ file: string; found: string }>({
    severity: "error",
    title: ({ file, found }) => `${file} holds ${found}, not numbers`,
    label: () => "an array of numbers belongs here",
    help: () => ["save it from NumPy as `array.astype(numpy.float32)`"],
    explain: `
Floats (16, 32 and 64 bits), integers (8 to 64 bits) and booleans are read. Python objects, records,
texts, dates and complex numbers are not: they have no place in a float32 tensor.`,
  }),

  CNN5004: entry<{ file: string; size: number; unpacked: number }>({
    severity: "error",
    title: ({ file }) => `${file} would unpack to far more than its size`,
    label: ({ size, unpacked }) =>
      `${plural(size, "byte")} claim to hold ${megabytes(unpacked)}, which real arrays do not`,
    help: () => ["if the file is yours, save it uncompressed with `numpy.savez`"],
    explain: `
A compressed file may claim to hold a thousand times its own size, and unpacking it would fill the
memory. Up to 64 MiB or a hundred times the file's size are unpacked; beyond that the file is
refused before anything is unpacked.`,
  }),

  CNN5005: entry<{ file: string; found: string }>({
    severity: "error",
    title: ({ file, found }) => `${file} is ${found}; images are read as PNG`,
    label: () => "not a PNG image",
    help: ({ file, found }) =>
      found.endsWith(" image") && found !== "not an image"
        ? [
            `convert it, with Pillow: \`Image.open("${file}").save("${file.replace(/\.\w+$/, "")}.png")\``,
          ]
        : ["an input is a PNG image, or arrays: a `.npy` or `.npz` file"],
    explain: `
Images are read from PNG files, which keep every pixel as it was. Lossy formats such as JPEG decode
to slightly different pixels in every program, so convert them once and look at the result.`,
  }),

  CNN5006: entry<{ file: string; gets: string; wants: string }>({
    severity: "error",
    title: () => "the image has another size than the model's input",
    label: ({ file, gets, wants }) =>
      `${file} is ${gets}, the model takes ${wants} (height × width)`,
    help: ({ file, wants }) => {
      const [height, width] = wants.split("×");
      const size = /\D/.test(height + width) ? "(…, …)" : `(${width}, ${height})`;
      return [
        `resize or crop it as in training, with Pillow: \`Image.open("${file}").resize(${size}).save("resized.png")\``,
      ];
    },
    explain: `
Images are never resized silently: how (crop, stretch, pad; which filter) changes what a model
answers, and must be the way in which its training images were made. A model whose input is written
with names, \`[N, 3, H, W]\`, takes every size that its layers can work on.`,
  }),

  CNN5007: entry<{ input: string; shape: string }>({
    severity: "error",
    title: ({ input }) => `an image cannot be given to \`${input}\``,
    label: ({ shape }) =>
      `it takes ${shape}; an image has [N, 1, H, W] (grey) or [N, 3, H, W] (RGB)`,
    help: () => ["give an array: a `.npy` or `.npz` file"],
    explain: `
A PNG becomes one channel (grey) or three (red, green, blue), as the model's input asks. An input
with another number of channels or axes is filled from a NumPy file.`,
  }),

  CNN5008: entry<{
    file: string;
    kind: ForeignKind;
    wanted: Wanted;
  }>({
    severity: "error",
    title: ({ file, kind }) => `${file} is ${FOREIGN[kind].what}`,
    label: ({ wanted }) =>
      wanted === "weights"
        ? "weights belong here: a safetensors or npz file"
        : "a program belongs here: a .cnn file, or an ONNX model",
    help: ({ kind, wanted }) => FOREIGN[kind][wanted],
    explain: `
Weights are read from safetensors and npz files, programs from \`.cnn\` files and ONNX models. The file is
of another kind, which its first bytes tell.

A PyTorch checkpoint (\`.pt\`, \`.pth\`) is a pickle, a program that makes Python objects, and is never
run here: load it in PyTorch and save its \`state_dict\`. Whole networks of PyTorch, Keras and TensorFlow
come over as ONNX models.`,
  }),

  CNN5010: entry<{
    layer: string;
    file: string;
    /** Name and shape of each: `` `conv1.weight` [6, 1, 5, 5] ``. */
    tensors: readonly string[];
    /** Names of the file that look like the same tensors. */
    alike: readonly string[];
    /** How the file calls the layer, if it has one name for it. */
    label?: string;
  }>({
    severity: "error",
    title: ({ file, layer }) => `${file} lacks weights of \`${layer}\``,
    label: ({ layer, tensors }) => `\`${layer}\` needs ${tensors.join(", ")}`,
    help: ({ alike, label }) => {
      if (alike.length === 0) return [];
      const has = `the file has ${listed(alike)} of ${alike.length === 1 ? "that shape" : "those shapes"}`;
      return [label === undefined ? has : `${has}: label the layer \`${label}\``];
    },
    explain: `
A layer's weights are found by name: the labels around the layer and the layer's own, joined by
dots, then \`weight\`, \`bias\`, \`running_mean\` or \`running_var\`, as in a PyTorch \`state_dict\`.
\`layer1: { conv1: conv(64) }\` reads \`layer1.conv1.weight\`. A layer without a label is named by its
kind and order: \`conv1\`, \`conv2\`, \`linear1\`.

Label the layer as the file calls it, or rename the tensor where the file is made. A bias that the
file lacks was probably switched off in training: write \`bias: false\`.`,
  }),

  CNN5011: entry<{
    file: string;
    /** Name and shape of the first of them. */
    tensors: readonly string[];
    count: number;
    /** The layer of the model that has their name. */
    layer?: string;
  }>({
    severity: "error",
    title: ({ file, count }) => `the model does not use ${plural(count, "tensor")} of ${file}`,
    label: ({ tensors, count, layer }) => {
      const shown = tensors.join(", ") + (count > tensors.length ? ", …" : "");
      return layer === undefined
        ? `no layer takes ${shown}`
        : `\`${layer}\` does not take ${shown}`;
    },
    help: ({ layer, tensors }) =>
      layer !== undefined && tensors.some((tensor) => tensor.includes(".bias`"))
        ? ["remove `bias: false`: the file's layer was trained with a bias"]
        : ["add the layer that they belong to, or leave them out of the file"],
    explain: `
A tensor that the model does not use means that the model differs from the one that was trained: a
layer was left out or renamed, or a bias was switched off. The answers would be wrong without any
other sign, so this is an error. (\`num_batches_tracked\`, which PyTorch counts for itself, is
ignored.)`,
  }),

  CNN5012: entry<{
    layer: string;
    file: string;
    pairs: readonly { readonly tensor: string; readonly wants: string; readonly gets: string }[];
    hint?: string;
  }>({
    severity: "error",
    title: ({ layer, file }) => `\`${layer}\` has another shape in ${file}`,
    label: ({ pairs }) =>
      pairs
        .map(({ tensor, wants, gets }) => `\`${tensor}\` is ${wants}, the file has ${gets}`)
        .join("; "),
    help: ({ hint }) => (hint === undefined ? [] : [hint]),
    explain: `
Shapes follow PyTorch: \`conv\` has [out, in / groups, height, width], \`linear\` has [out, in],
\`batch_norm\` has [channels]. A different first number means another number of outputs, a different
second one another number of inputs, usually because the layer before differs or because the image
has another size than in training.

Keras and TensorFlow keep \`linear\` as [in, out] and \`conv\` as [height, width, in, out]; transpose
them where the file is made.`,
  }),

  CNN5013: entry<{
    model: string;
    file: string;
    missing: number;
    weights: number;
    /** A few names of either side. */
    wants: readonly string[];
    has: readonly string[];
  }>({
    severity: "error",
    title: ({ file, model }) => `${file} holds the weights of another model than \`${model}\``,
    label: ({ missing, weights }) =>
      `${missing} of the ${weights} tensors it needs are not there, or have another shape`,
    notes: ({ wants, has }) => [
      `the model needs ${listed(wants)}, …`,
      has.length === 0 ? "the file has nothing else" : `the file has ${listed(has)}, …`,
    ],
    help: () => ["check the file's name, or label the layers as the file calls them"],
    explain: `
Most names of the model do not occur in the file, so the tensors are not listed one by one. Either
the file belongs to another model, or the layers are called otherwise there: labels
(\`conv1: conv(64)\`) give layers the names of the file.`,
  }),

  CNN5014: entry<{ layer: string; tensor: string; file: string; value: string; index: string }>({
    severity: "error",
    title: ({ tensor, value, file }) => `\`${tensor}\` of ${file} holds ${value}`,
    label: ({ layer, index }) => `a weight of \`${layer}\`, first at ${index}`,
    help: () => ["take a checkpoint from before the training diverged"],
    explain: `
One NaN (not a number) or infinity in the weights makes every answer NaN. Such values come from a
training run that diverged (a learning rate too high, a division by zero) or from a damaged file.`,
  }),

  CNN5015: entry<{ layer: string; tensor: string; file: string; dtype: string }>({
    severity: "error",
    title: ({ tensor, dtype, file }) => `\`${tensor}\` of ${file} has the type ${dtype}`,
    label: ({ layer }) => `a weight of \`${layer}\` is a float: F32, F16, BF16 or F64`,
    help: () => ["save the weights as float32: `tensor.float()`"],
    explain: `
Weights are floats. Quantised models keep integers beside scales, which cannot be used without
knowing how they were made; save the model before it is quantised.`,
  }),

  CNN5016: entry<{ model: string; file: string; prefix: string; example: string; cause: string }>({
    severity: "error",
    title: ({ file, prefix }) => `every name in ${file} begins with \`${prefix}\``,
    label: ({ model, prefix, example }) =>
      `\`${model}\` needs \`${example}\`, the file has \`${prefix}${example}\``,
    help: ({ prefix, cause }) => [
      cause,
      `or remove it: \`{k.removeprefix("${prefix}"): v for k, v in state_dict.items()}\``,
    ],
    explain: `
The names fit once their common beginning is removed. \`module.\` comes from PyTorch's
\`DataParallel\`, which wraps the model; other prefixes from a checkpoint that holds the weights
beside other things, or from a class that holds the model as a member.`,
  }),

  CNN5017: entry<{ file: string; count: number; what: string }>({
    severity: "error",
    title: ({ count, what, file }) => `${count} more ${what} (${file})`,
    label: () => "not listed here",
    explain: `
Many mistakes of one kind in a weights file have one cause, so only the first of them are listed.
Mend those and run again.`,
  }),

  CNN5020: entry<{ model: string; sizes: readonly string[]; inputs: readonly string[] }>({
    severity: "error",
    title: ({ sizes, model }) =>
      sizes.length === 1
        ? `the size \`${sizes[0]}\` of \`${model}\` has no value`
        : `the sizes ${listed(sizes)} of \`${model}\` have no values`,
    label: ({ sizes, inputs }) => {
      const place = inputs.length === 0 ? "its sizes" : listed(inputs);
      return `${listed(sizes)} ${sizes.length === 1 ? "stands" : "stand"} in ${place}`;
    },
    help: ({ sizes }) => [
      `give ${sizes.length === 1 ? "it one" : "them some"}: \`--set ${sizes.map((size) => `${size}=…`).join(",")}\``,
    ],
    explain: `
Named sizes are fixed when a model is used: by the input that it is given, or by \`--set H=224,W=224\`.
These have no value yet.`,
  }),

  CNN5021: entry<{ size: string; value: number; fact: string; lower?: number; upper?: number }>({
    severity: "error",
    title: ({ size, value }) => `\`${size}\` cannot be ${value}`,
    label: ({ fact }) => `the model says \`where ${fact}\``,
    help: ({ size, lower, upper }) => {
      const values = [lower, upper].filter((value) => value !== undefined);
      return values.length === 0
        ? []
        : [`the nearest values it can have: ${values.map((v) => `${size} = ${v}`).join(", ")}`];
    },
    explain: `
A model's \`where\` clause says which values its named sizes may have; its layers need them (a U-Net
that halves an image twice needs sides divisible by 4). Resize or pad the image.`,
  }),

  CNN5022: entry<{ size: string; model: string; names: readonly string[]; nearest?: string }>({
    severity: "error",
    title: ({ size, model }) => `\`${model}\` has no size called \`${size}\``,
    label: ({ names }) =>
      names.length === 0 ? "all its sizes are numbers" : `its named sizes are ${listed(names)}`,
    help: ({ nearest }) => (nearest === undefined ? [] : [`did you mean \`${nearest}\`?`]),
    explain: `
\`--set\` gives values to the names in a model's input shapes, such as \`N\`, \`H\` and \`W\` in
\`[N, 3, H, W]\`.`,
  }),

  CNN5023: entry<{ size: string; value: number }>({
    severity: "error",
    title: ({ size, value }) => `\`${size}\` cannot be ${value}`,
    label: () => "a size is a whole number from 1 to 2147483647",
    explain: `
Sizes count things: images of a batch, channels, rows, columns. The largest one taken is 2^31 - 1.`,
  }),

  CNN5024: entry<{ model: string; tensor: string; shape: string; elements: number; limit: number }>(
    {
      severity: "error",
      title: ({ model }) => `\`${model}\` is too large at these sizes`,
      label: ({ tensor, shape, elements, limit }) =>
        `\`${tensor}\` ${shape} would have ${elements} elements; at most ${limit} fit into an array`,
      help: () => ["take a smaller batch or image"],
      explain: `
One tensor of the model would have more elements than an array can hold. At such sizes split the
batch, or cut the image into tiles.`,
    },
  ),

  CNN5030: entry<{ model: string; input: string; shape: string }>({
    severity: "error",
    title: ({ input }) => `the input \`${input}\` is missing`,
    label: ({ model, input, shape }) => `\`${model}\` needs \`${input}\` ${shape}`,
    explain: `
Every input that the model declares must be given: an image or a \`.npy\` file for a model with one
input, and for several a \`.npz\` file whose arrays are called as the inputs.`,
  }),

  CNN5031: entry<{ model: string; input: string; names: readonly string[]; nearest?: string }>({
    severity: "error",
    title: ({ model, input }) => `\`${model}\` has no input called \`${input}\``,
    label: ({ names }) => `its inputs are ${listed(names)}`,
    help: ({ nearest }) => (nearest === undefined ? [] : [`did you mean \`${nearest}\`?`]),
    explain: `
The arrays of a \`.npz\` file are matched to the model's inputs by name. Rename the array where the
file is made: \`numpy.savez(path, image=array)\`.`,
  }),

  CNN5032: entry<{ input: string; wants: string; gets: string; hint?: string }>({
    severity: "error",
    title: ({ input }) => `the input \`${input}\` has another shape than the model takes`,
    label: ({ wants, gets }) => `takes ${wants}, gets ${gets}`,
    help: ({ hint }) => (hint === undefined ? [] : [hint]),
    explain: `
Shapes are [batch, channels, height, width]. Images from OpenCV, Pillow, matplotlib and TensorFlow
have their channels last: move them with \`x.transpose(2, 0, 1)\` for one image or
\`x.transpose(0, 3, 1, 2)\` for a batch. A single image needs a batch of one around it: \`x[None]\`.`,
  }),

  CNN5033: entry<{ input: string; value: string; index: string }>({
    severity: "error",
    title: ({ input, value }) => `the input \`${input}\` holds ${value}`,
    label: ({ index }) => `first at ${index}`,
    help: () => ["look for a division by zero or missing values where the array is made"],
    explain: `
One NaN (not a number) or infinity in the input spreads through the whole model and makes the answer
meaningless.`,
  }),

  CNN5034: entry<{ size: string; first: string; a: number; second: string; b: number }>({
    severity: "error",
    title: ({ size }) => `the inputs disagree about \`${size}\``,
    label: ({ size, first, a, second, b }) =>
      `\`${size}\` is ${a} in \`${first}\` and ${b} in \`${second}\``,
    explain: `
A name stands for one number in all inputs of a model: \`image: [N, 3, H, W], style: [N, 64]\` takes
as many styles as images.`,
  }),

  CNN5035: entry<{ input: string; wants: string }>({
    severity: "error",
    title: ({ input }) => `the input \`${input}\` is no array with a shape`,
    label: ({ wants }) => `takes ${wants}`,
    help: ({ input }) => [`give \`{ ${input}: { shape: [1, …], data: new Float32Array(…) } }\``],
    explain: `
Each input is an object of two members: \`shape\`, a list of whole numbers, and \`data\`, an array of
as many numbers as the shape says, row by row.`,
  }),

  CNN5036: entry<{ input: string; shape: string; wants: number; gets: number }>({
    severity: "error",
    title: ({ input }) => `the data of \`${input}\` do not fill its shape`,
    label: ({ shape, wants, gets }) => `${shape} has ${wants} elements, the data ${gets}`,
    help: () => ["give every element once, row by row: `[N, C, H, W]` with W the fastest"],
    explain: `
The number of elements of an array is the product of its shape. Data of another length were cut
short, have another shape than is said, or count something else: bytes instead of numbers, or pixels
of four channels (red, green, blue, opacity) instead of three.`,
  }),

  CNN5037: entry<{ input: string; found: string }>({
    severity: "error",
    title: ({ input, found }) => `the data of \`${input}\` are ${found}, not numbers`,
    label: () => "numbers belong here: a `Float32Array`, or any array of numbers",
    help: () => ["convert them: `Float32Array.from(data, Number)`"],
    explain: `
Inputs are float32. Arrays of other numbers are converted; arrays of texts, of \`bigint\` (such as
\`BigInt64Array\`) and raw bytes without a type are not, since that is hardly ever meant.`,
  }),

  CNN5040: entry<{ file: string; version: string; known: number }>({
    severity: "error",
    title: ({ file }) => `${file} is a graph of another version`,
    label: ({ version, known }) => `has version ${version}, this program reads version ${known}`,
    help: () => ["write it again: `cnn graph model.cnn --json`"],
    explain: `
JSON graphs carry the version of their format. A reader of one version does not guess what another
one means.`,
  }),

  CNN5041: entry<{ file: string; path: string; reason: string }>({
    severity: "error",
    title: ({ file }) => `${file} is not a valid graph`,
    label: ({ path, reason }) => (path === "" ? reason : `${path}: ${reason}`),
    help: () => ["write it again: `cnn graph model.cnn --json`"],
    explain: `
The JSON does not follow the graph's schema (\`graph.schema.json\`), or what it says of sizes, types
and weights contradicts the layers that it names.`,
  }),
};
