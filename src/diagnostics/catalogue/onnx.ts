/** CNN6xxx: what is wrong with an ONNX model, or what of it the language cannot say. */
import { entry } from "../entry.ts";

/** `/conv1/Conv (Conv)`; a node without a name is known by what it makes. */
const called = ({ node, op }: { node: string; op: string }): string => `${node} (${op})`;

export const onnxErrors = {
  CNN6001: entry<{ node: string; op: string; remedy: string; reason?: string }>({
    severity: "error",
    title: ({ op }) => `there is no layer for the operator ${op}`,
    label: ({ reason, ...facts }) =>
      reason === undefined ? `needed by ${called(facts)}` : `${called(facts)}: ${reason}`,
    help: ({ remedy }) => [remedy],
    explain: `
The model uses an operator that no layer of the language stands for: one outside of convolutional
networks (recurrence, control flow, sequences, quantised integers), one of a vendor's own domain, or a
mistyped name. Every such node is listed, so that all of them can be looked at together.

Often the node belongs to what was added behind the network (decoding of boxes, post-processing); cut
the model before it with \`onnx.utils.extract_model\` and do the rest outside.`,
  }),

  CNN6002: entry<{ node: string; op: string; reason: string; remedy: string }>({
    severity: "error",
    title: ({ op }) => `this form of ${op} cannot be expressed`,
    label: ({ reason }) => reason,
    notes: ({ node }) => [`node ${node}`],
    help: ({ remedy }) => [remedy],
    explain: `
A layer stands for this operator, but not for the way in which the node uses it: with an attribute, a
rank of its input or a second result that the language has no words for. Nothing is imported rather than
something else than the model means.`,
  }),

  CNN6003: entry<{ node: string; op: string; input: string; value: string }>({
    severity: "error",
    title: ({ op, input }) => `${input} of ${op} must be known when the model is read`,
    label: ({ value }) => `\`${value}\` is only known when the model runs`,
    notes: ({ node }) => [`node ${node}`],
    help: () => [
      "store it as an initializer; sizes that depend on the input can be fixed with `--set NAME=SIZE`",
    ],
    explain: `
Weights, shapes, axes and scales are part of a program here, as they are in nearly all networks. A model
that computes one of them from its input (a convolution with computed weights, a reshape to a size that
the data decide) cannot be compiled for exact sizes.

Shapes that follow from the input's *sizes* are no such case: they are folded, and stay symbolic where
the sizes are.`,
  }),

  CNN6004: entry<{ node: string; value: string; nearest?: string }>({
    severity: "error",
    title: ({ value }) => `nothing makes the value \`${value}\``,
    label: ({ node }) => `read by ${node}; it is no input, no initializer and no node's output`,
    help: ({ nearest }) =>
      nearest === undefined
        ? ["export the model again: an initializer may have been lost"]
        : [`did you mean \`${nearest}\`?`],
    explain: `
Every value that a node reads must be an input of the model, an initializer, or an output of another
node. A tool that cut or edited the model has lost one, or the external file of its weights was not
saved with it.`,
  }),

  CNN6005: entry<{ nodes: readonly string[] }>({
    severity: "error",
    title: () => "these nodes wait for each other",
    label: ({ nodes }) => nodes.join(" → "),
    help: () => ["export the model again: a model has no loops"],
    explain: `
Following the inputs of a node back must end at the model's inputs and weights. Here it comes back to the
node itself, so none of the nodes in the circle can run first.`,
  }),

  CNN6006: entry<{ value: string; node: string }>({
    severity: "error",
    title: ({ value }) => `the value \`${value}\` is made twice`,
    label: ({ node }) => `made again by ${node}`,
    help: () => ["give each output a name of its own"],
    explain: `
Each name of an ONNX graph stands for one value: an input, an initializer or one output of one node.
Where two make the same name, which of them a reader means is anybody's guess.`,
  }),

  CNN6007: entry<{ node: string; weight: string; role: string; gets: string; needs: string }>({
    severity: "error",
    title: ({ role }) => `the ${role} has the wrong shape`,
    label: ({ weight, gets, needs }) => `\`${weight}\` is ${gets}, needs ${needs}`,
    notes: ({ node }) => [`node ${node}`],
    help: () => ["export the model again with weights of one training run"],
    explain: `
The shapes of a layer's weights follow from its input and its attributes: a convolution's from its
channels, groups and kernel, a normalisation's from its channels. A tensor of another shape belongs to
another layer, or to another version of the network.`,
  }),

  CNN6008: entry<{ tensor: string; location: string; reason: string }>({
    severity: "error",
    title: ({ tensor }) => `the numbers of \`${tensor}\` cannot be read`,
    label: ({ location, reason }) => `they are kept in \`${location}\`: ${reason}`,
    help: () => [
      "keep the file with the numbers in the model's own folder, under the name it has there",
    ],
    explain: `
A large model keeps its weights in files beside it. Such a file is looked for in the model's own folder
and below; a path that leads out of it (\`..\`, an absolute path) is refused, since a model from
somewhere else could otherwise read any file of the machine.`,
  }),

  CNN6009: entry<{ tensor: string; reason: string }>({
    severity: "error",
    title: ({ tensor }) => `the tensor \`${tensor}\` is damaged`,
    label: ({ reason }) => reason,
    help: () => ["copy, download or export the model again"],
    explain: `
The shape, the type and the bytes of a stored tensor do not belong together. The file was cut short or
changed, or holds a type that a network of floats has no use for.`,
  }),

  CNN6010: entry<{ domain: string; version: string; known: string }>({
    severity: "error",
    title: ({ version }) => `the model is written in version ${version} of the operators`,
    label: ({ known }) => `versions ${known} are read here`,
    help: () => ["convert it with `onnx.version_converter`, or export it with `opset_version=17`"],
    explain: `
What an operator means depends on the version of the operator set that a model names. Versions before 6
were drafts; versions later than the newest one that is known here may mean something else, and a guess
could give wrong results in silence.`,
  }),

  CNN6011: entry<{ node: string; op: string; attribute: string; gets: string; expects: string }>({
    severity: "error",
    title: ({ attribute, op }) => `\`${attribute}\` of ${op} has a value that it cannot have`,
    label: ({ gets, expects }) => `is ${gets}, must be ${expects}`,
    notes: ({ node }) => [`node ${node}`],
    explain: `
The attribute has another type than the operator defines, a number that makes no sense for it (a stride
of 0, a negative kernel), or too few or too many numbers for the rank of its input.`,
  }),

  CNN6012: entry<{ input: string; reason: string; remedy: string }>({
    severity: "error",
    title: ({ input }) => `the model's input \`${input}\` cannot be taken`,
    label: ({ reason }) => reason,
    help: ({ remedy }) => [remedy],
    explain: `
Inputs of a network are tensors of floats whose number of axes is known; the sizes of the axes may be
names. Integers, texts and sequences have to be turned into floats before the network.`,
  }),

  CNN6013: entry<{ node: string; op: string; gets: number; takes: string; what: string }>({
    severity: "error",
    title: ({ op, what }) => `${op} has the wrong number of ${what}`,
    label: ({ gets, takes, what }) => `has ${gets}, takes ${takes} ${what}`,
    notes: ({ node }) => [`node ${node}`],
    explain: `
The node has fewer inputs than the operator needs, or more than it can take (or outputs, likewise). The
tool that wrote or changed the model has made a mistake.`,
  }),

  CNN6014: entry<{ value: string; declared: string; computed: string }>({
    severity: "warning",
    title: ({ value }) => `\`${value}\` is not of the shape that the model declares`,
    label: ({ declared, computed }) => `declared ${declared}, is ${computed}`,
    help: () => ["run `onnx.shape_inference.infer_shapes` after editing a model"],
    explain: `
The model states the shape of its output, and its own layers make another one. The layers are believed;
other programs may believe the statement. Usually somebody changed the input's size, or cut the model,
and left the statement as it was.`,
  }),

  CNN6015: entry<{ node: string; op: string; found: string }>({
    severity: "error",
    title: ({ op }) => `${op} works on ${"numbers that are no floats"} here`,
    label: ({ found }) => found,
    notes: ({ node }) => [`node ${node}`],
    help: () => ["export the float model; quantised and integer networks are not read"],
    explain: `
Values that flow through a network are floats. Integers and booleans are only read where they are known
beforehand: shapes, axes, scales. Quantised models compute with 8-bit integers and have to be exported
before they are quantised.`,
  }),

  CNN6016: entry<{ file: string; reason: string }>({
    severity: "error",
    title: ({ file }) => `${file} holds no network`,
    label: ({ reason }) => reason,
    help: () => ["export the network itself with `torch.onnx.export`"],
    explain: `
The file is an ONNX file, but a network with at least one output is not in it: it may hold only
functions, or training information.`,
  }),

  CNN6017: entry<{
    node: string;
    weight: string;
    takes: string;
    gets: string;
    what: "channels" | "features";
    shape: string;
    formula?: string;
    /** Whether the channels seem to be the last axis. */
    last?: boolean;
  }>({
    severity: "error",
    title: ({ weight, takes, what }) => `\`${weight}\` was made for ${takes} ${what}`,
    label: ({ gets, shape }) => `the input ${shape} has ${gets}`,
    notes: ({ node, formula }) => [...(formula === undefined ? [] : [formula]), `node ${node}`],
    help: ({ takes, gets, what, last }) => {
      if (last === true) {
        return [`${takes} is the last axis: give the input channels first, as [N, C, H, W]`];
      }
      if (what === "channels" && takes === "3" && gets === "1") {
        return ["give the model a colour image: export it with an input of 3 channels"];
      }
      if (what === "features") {
        return Number.isInteger(Number(gets))
          ? ["export it with an input of the size that it was trained for"]
          : ["give open sizes those that it was trained for: `--set NAME=SIZE`"];
      }
      return Number.isInteger(Number(gets))
        ? ["export it with the input that its weights were trained for"]
        : [`the size is open; fix it with \`--set ${gets}=${takes}\``];
    },
    explain: `
The shape of a stored weight says how many channels or features its layer reads, and the value that flows
in has another number. Usually the input of the model was changed (a grey image in place of a colour one,
another image size in front of a flatten and a matrix), or a part of another network was put here.

The notes show how the number came to be, layer by layer.`,
  }),

  CNN6018: entry<{ input: string; type: string }>({
    severity: "warning",
    title: ({ input }) => `the model's input \`${input}\` takes whole numbers`,
    label: ({ type }) => `of the type ${type}, and not numbers from 0 to 1`,
    help: () => ["give it the numbers that the model was made for: bytes of an image are 0 to 255"],
    explain: `
The model takes integers and casts them to floats at once. Here its input takes the same numbers as floats.
A picture that is read from a file has numbers from 0 to 1, which such a model sees as black: multiply
them by 255.`,
  }),
};
