/** CNN3xxx: names, types and arguments. */
import { entry } from "../entry.ts";
import type { Span } from "../span.ts";
import { withThousands } from "../thousands.ts";

const listed = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(", ");

export const nameErrors = {
  CNN3001: entry<{
    name: string;
    what: string;
    nearest?: string;
    advice?: string;
    /** Those that the parameter takes in whose place it stands. */
    words?: readonly string[];
    /** Where it could be a value, some of those in sight. */
    values?: readonly string[];
  }>({
    severity: "error",
    title: ({ name, what }) => `there is no ${what} called \`${name}\``,
    label: ({ nearest, advice, words = [] }) => {
      if (nearest !== undefined) return `did you mean \`${nearest}\`?`;
      if (advice !== undefined) return advice;
      return words.length === 0 ? "not known here" : `a word here is one of ${listed(words)}`;
    },
    help: ({ what, nearest, advice, values = [] }) => {
      if (nearest !== undefined || advice !== undefined) return [];
      if (what === "type") {
        return [
          "types are `int`, `float`, `bool`, `string`, `pair` and `layer`; a tensor has a shape",
        ];
      }
      if (what.startsWith("layer")) {
        const known = values.length === 0 ? "" : `values in sight are ${listed(values)}; `;
        return [`${known}\`cnn layers\` lists all layers`];
      }
      return [];
    },
    explain: `
A name must be a built-in layer, a block, a constant or an import of the file, or a parameter or
\`let\` of the body in which it is used (above the place where it is used). Where a known name is
close, or another framework uses this name, the message proposes the right one. \`cnn layers\` lists
all layers.`,
  }),
  CNN3002: entry<{ name: string }>({
    severity: "error",
    title: ({ name }) => `\`${name}\` is declared twice`,
    label: () => "declared again here",
    help: () => ["give one of them another name; what is only passed on needs none: `a -> b -> c`"],
    explain: `
Within one file, one body, one record or one \`train\` block each name stands for one thing.`,
  }),
  CNN3003: entry<{ title: string; name: string; expects: string; got: string }>({
    severity: "error",
    title: ({ title, name }) => `\`${name}\` of \`${title}\` does not take this value`,
    label: ({ expects, got }) => `expects ${expects}, gets ${got}`,
    explain: `
Each parameter takes values of one type and range. \`cnn layers NAME\` shows a layer's parameters with
their types and defaults.`,
  }),
  CNN3004: entry<{
    title: string;
    name: string;
    known: readonly string[];
    nearest?: string;
    /** What to do instead, where another framework has such a parameter. */
    advice?: string;
  }>({
    severity: "error",
    title: ({ title, name }) => `\`${title}\` has no parameter \`${name}\``,
    label: ({ nearest, advice }) =>
      nearest === undefined ? (advice ?? "not a parameter") : `did you mean \`${nearest}\`?`,
    notes: ({ title, known }) => [
      known.length === 0
        ? `\`${title}\` takes no arguments`
        : `\`${title}\` takes ${known.join(", ")}`,
    ],
    explain: `
Arguments may be given by name, with the names that the layer or block declares. Names are PyTorch's,
with \`kernel\` for \`kernel_size\`; \`cnn layers NAME\` shows them.`,
  }),
  CNN3005: entry<{ title: string; name: string; expects: string; doc: string }>({
    severity: "error",
    title: ({ title, name }) => `\`${title}\` needs \`${name}\``,
    label: ({ name, expects }) => `add \`${name}\`${expects === "" ? "" : `: ${expects}`}`,
    notes: ({ name, doc }) => (doc === "" ? [] : [`${name}: ${doc}`]),
    explain: `
A parameter without a default must be given, by position or by name.`,
  }),
  CNN3006: entry<{
    title: string;
    takes: number;
    got: string;
    /** A block without any tensor, into which one flows. */
    block?: string;
    /** The parameter that takes all of them as a list. */
    list?: string;
  }>({
    severity: "error",
    title: ({ title, list }) =>
      list === undefined
        ? `too many arguments for \`${title}\``
        : `\`${list}\` of \`${title}\` is one list`,
    label: ({ takes, got, list }) =>
      list === undefined
        ? `it takes ${takes === 0 ? "none" : takes}; here ${got.includes(" more") ? "are" : "is"} ${got}`
        : "the brackets around it are missing",
    help: ({ block }) =>
      block === undefined ? [] : [`declare what flows in first: \`block ${block}(x, …)\``],
    explain: `
Arguments without a name fill the parameters in their order. What flows in through \`->\` is the first
tensor argument and is not written again.`,
  }),
  CNN3007: entry<{ title: string; name: string }>({
    severity: "error",
    title: ({ name }) => `\`${name}\` is given twice`,
    label: ({ title }) => `\`${title}\` takes it once`,
    explain: `
A parameter was given by position and by name, or by name twice.`,
  }),
  CNN3008: entry<{ expected: string; got: string }>({
    severity: "error",
    title: ({ expected }) => `expected ${expected}`,
    label: ({ got }) => `this is ${got}`,
    explain: `
Values are tensors, layers, numbers, booleans, strings, tuples and records. \`->\` takes a tensor on its
left and a layer on its right, or two layers, which it joins to one.`,
  }),
  CNN3009: entry<{
    operator: string;
    layer: string;
    /** The pipeline that parentheses would have to hold together, from its first step on. */
    pipeline?: Span;
    /** How often the layer is wanted, where it is multiplied by a number. */
    times?: string;
  }>({
    severity: "error",
    title: ({ operator }) => `\`${operator}\` cannot join a layer and a value`,
    label: ({ layer }) => `${layer} is a layer that still waits for its input`,
    help: ({ operator, times }) => [
      ...(times === undefined ? [] : [`layers are repeated by \`repeat ${times} { … }\``]),
      `\`->\` binds weaker than \`${operator}\`: write \`(x -> layer) ${operator} y\``,
    ],
    explain: `
\`x -> conv(8) + y\` means \`x -> (conv(8) + y)\`, since \`->\` binds weakest of all; and a layer cannot be
added to a tensor. Put the pipeline into parentheses: \`(x -> conv(8)) + y\`.`,
  }),
  CNN3010: entry<{ expression: string }>({
    severity: "error",
    title: () => "this depends on sizes that are not known before the model runs",
    label: ({ expression }) => `\`${expression}\` differs from size to size`,
    help: () => ["fix the size in the model's input, or promise it with `where`"],
    explain: `
Conditions and divisions on sizes must have one answer for all sizes that the model takes, since the
program is laid out before any image is seen.`,
  }),
  CNN3011: entry<{ operator: string; left: string; right: string }>({
    severity: "error",
    title: ({ operator }) => `\`${operator}\` does not work on these values`,
    label: ({ left, right }) => `${left} and ${right}`,
    explain: `
\`+ - * /\` work on numbers and on tensors, \`%\` on ints, comparisons on
numbers and on tensors (a mask of 0 and 1), \`==\` and \`!=\` on values
of one type, \`and\`, \`or\` and \`not\` on booleans.`,
  }),
  CNN3012: entry<{ cycle: readonly string[] }>({
    severity: "error",
    title: ({ cycle }) => `\`${cycle[0]}\` uses itself`,
    label: ({ cycle }) => cycle.join(" → "),
    help: () => ["use `repeat` for repetition"],
    explain: `
A block cannot contain itself, directly or through others, and a constant cannot be made from itself:
the network would be infinitely deep.`,
  }),
  CNN3013: entry<{ cycle: readonly string[] }>({
    severity: "error",
    title: () => "these files import each other in a circle",
    label: ({ cycle }) => cycle.join(" → "),
    help: () => ["move what they share into a third file"],
    explain: `
A file can only be read when the files it imports have been read.`,
  }),
  CNN3014: entry<{ path: string }>({
    severity: "error",
    title: ({ path }) => `cannot find \`${path}\``,
    label: () => "no such file, or it cannot be read",
    help: () => ["paths are relative to the folder of the file that imports"],
    explain: `
\`import { Residual } from "./resnet.cnn"\` looks for the file beside the importing one.`,
  }),
  CNN3015: entry<{ name: string; path: string; nearest?: string }>({
    severity: "error",
    title: ({ name, path }) => `\`${path}\` declares no \`${name}\``,
    label: ({ nearest }) => (nearest === undefined ? "not there" : `did you mean \`${nearest}\`?`),
    explain: `
Blocks, models and constants of another file can be imported under the names they have there.`,
  }),
  CNN3016: entry<{ label: string }>({
    severity: "error",
    title: ({ label }) => `the label \`${label}\` is used twice in one place`,
    label: () => "weights of both would have one name",
    help: () => ["choose another label; inside a `repeat`, label the `repeat` itself"],
    explain: `
Labels make the names of weights, so within one body each stands once. The rounds of an unlabelled
\`repeat\` share the names around it; a labelled one numbers its rounds: \`blocks: repeat 3 { … }\`.`,
  }),
  CNN3017: entry<{ limit: number }>({
    severity: "error",
    title: () => "this program grows beyond any real network",
    label: ({ limit }) => `more than ${withThousands(limit)} layers or rounds`,
    explain: `
A model may have 100,000 layers. A \`repeat\` count that was computed wrongly, or blocks that double at
every level, are the usual cause.`,
  }),
  CNN3018: entry<{ limit: number; what: "blocks" | "groups" | "constants" }>({
    severity: "error",
    title: ({ what }) => `${what} are nested too deeply`,
    label: ({ limit, what }) => `more than ${withThousands(limit)} ${what} inside each other`,
    explain: `
Blocks that use blocks that use blocks may go 100 levels deep, so may constants that use constants, groups, branches and rounds inside them
1,000 levels together.`,
  }),
  CNN3019: entry<{ name: string; of: string; known: readonly string[] }>({
    severity: "error",
    title: ({ name, of }) => `${of} has no \`${name}\``,
    label: ({ known }) => `it has ${known.join(", ")}`,
    explain: `
A map has \`batch\`, \`channels\`, \`height\`, \`width\`, \`rank\` and \`shape\`; a record has the fields that its
block gave it.`,
  }),
  CNN3020: entry<{ index: number; length: number }>({
    severity: "error",
    title: ({ index, length }) => `there is no item ${index} of ${length}`,
    label: ({ length }) => `counts from 0 to ${length - 1}`,
    explain: `
Items of a tuple or a shape count from 0; -1 is the last.`,
  }),
  CNN3021: entry<{ name: string; expects: string }>({
    severity: "error",
    title: ({ name, expects }) => `\`@${name}\` takes ${expects}`,
    label: ({ name }) =>
      name === "allow" ? "write `@allow(CNN4001)`" : `write \`@${name}("…")\`, in quotes`,
    explain: `
\`@weights("file.safetensors")\` names the weights file, \`@labels("cat", "dog")\` the classes in order,
\`@allow(CNN4001)\` silences a warning inside the declaration below it.`,
  }),
  CNN3022: entry<{ name: string; input: string }>({
    severity: "error",
    title: ({ name }) => `nothing flows into the layers of \`${name}\``,
    label: () => "the body ends with a layer, not with a value",
    help: ({ input }) => [`start with the input: \`${input} -> …\``],
    explain: `
The body of a model or block ends with its result, a tensor. A pipeline that starts with a layer is
itself a layer that waits for its input; start it with one of the parameters.`,
  }),
  CNN3023: entry<{
    names: readonly string[];
    /** It is understood, but no size keeps it and those before it. */
    contradicts?: boolean;
  }>({
    severity: "error",
    title: ({ contradicts = false }) =>
      contradicts ? "no size keeps this promise" : "this promise is not understood",
    label: ({ names, contradicts = false }) => {
      if (contradicts) return "leaves no size of at least 1";
      return names.length === 0
        ? "the inputs have no named sizes"
        : `say something of ${names.join(", ")}`;
    },
    help: ({ contradicts = false }) => [
      contradicts
        ? "change this promise or one before it"
        : "write conditions such as `H % 32 == 0`, `H >= 64`, `H == W`, joined by `,` or `and`",
    ],
    explain: `
The \`where\` of a model restricts the named sizes of its inputs: \`NAME % n == r\`, \`NAME >= n\` (also
\`>\`, \`<\`, \`<=\`, \`==\`) and \`NAME == OTHER\`, with known numbers on the right. Some size must keep all
promises: \`H >= 64, H < 32\` is refused, and so are divisors beyond a million.`,
  }),
  CNN3024: entry<Record<string, never>>({
    severity: "error",
    title: () => "this cannot be computed",
    label: () => "division by zero, or a number too large",
    explain: `
Divisors must not be zero (of \`%\`, positive), and ints must stay below 2⁵³.`,
  }),
  CNN3025: entry<Record<string, never>>({
    severity: "error",
    title: () => "this `if` has no value when its condition is false",
    label: () => "`else` is missing",
    help: () => ["add `else { … }`"],
    explain: `
An \`if\` that stands for a value needs both branches. Inside a pipeline, an \`if\` without \`else\` lets the
value pass unchanged.`,
  }),
  CNN3026: entry<{
    name: string;
    /** What is declared in a shape's place. */
    type?: string;
  }>({
    severity: "error",
    title: ({ name, type }) =>
      type === undefined
        ? `the input \`${name}\` needs a shape`
        : `\`${name}\` is no tensor: a model is run with tensors alone`,
    label: ({ name, type }) =>
      type === undefined
        ? `write \`${name}: [N, 3, 224, 224]\``
        : `\`${type}\` is for parameters of blocks`,
    help: ({ type }) =>
      type === undefined ? [] : ["name a fixed value with `const`, or make the model a `block`"],
    explain: `
A model's parameters are its inputs, and each declares its shape \`[batch, channels, height, width]\`
(or \`[batch, features]\`). A size that is not fixed gets a name: \`[N, 3, H, W]\`.`,
  }),
  CNN3027: entry<{ setting: string }>({
    severity: "error",
    title: ({ setting }) => `this \`train\` block has no \`${setting}\``,
    label: ({ setting }) => `\`${setting}\` must be set`,
    help: ({ setting }) => [
      setting === "loss"
        ? "add `loss: cross_entropy`"
        : "add `optimizer: sgd(lr: 0.05, momentum: 0.9)`",
    ],
    explain: `
Training needs to know what to make small (\`loss\`) and how (\`optimizer\`); everything else has a
default.`,
  }),
  CNN3028: entry<{ title: string; known: readonly string[] }>({
    severity: "error",
    title: ({ title }) => `arguments of \`${title}\` need their names`,
    label: () => "which one is this?",
    notes: ({ title, known }) => [`\`${title}\` takes ${known.join(", ")}`],
    explain: `
In a \`train\` block arguments are always given by name: \`sgd(lr: 0.05, momentum: 0.9)\`.`,
  }),
  CNN3029: entry<{ limit: number }>({
    severity: "error",
    title: () => "files import each other too deeply",
    label: ({ limit }) => `more than ${limit} files one behind the other`,
    explain: `
A file may import a file that imports a file, and so on for 100 files. Import what you need directly from
the file that declares it.`,
  }),
  CNN3030: entry<Record<string, never>>({
    severity: "error",
    title: () => "the number of inputs is not written: it follows from what flows in",
    label: () => "PyTorch's first argument: leave it out",
    help: () => [
      "PyTorch's `Conv2d(3, 16, 3)` is `conv(16, kernel: 3)`, its `Linear(400, 120)` is `linear(120)`",
    ],
    explain: `
PyTorch's convolutions and linear layers begin with the number of input channels or features, from which
the number of outputs follows. Here the number of inputs is known from the shape, and the first argument
is the number of outputs: \`conv(16, kernel: 3)\`, \`linear(120)\`.

Read by the letter, \`conv(3, 16, 3)\` would be 3 channels, a kernel of 16 and a stride of 3. Where that is
meant, give kernel and stride by name: \`conv(3, kernel: 16, stride: 3)\`. To be told when the number of
inputs changes, state it: \`conv(16, kernel: 3, in_channels: 3)\`, \`linear(120, in_features: 400)\`.`,
  }),
};
