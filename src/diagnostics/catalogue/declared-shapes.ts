/** CNN203x and CNN204x: sizes against what the program itself declares. */
import { entry } from "../entry.ts";

export const declaredShapeErrors = {
  CNN2030: entry<{ expected: string; difference: string; actual: string }>({
    severity: "error",
    title: ({ actual, expected }) => `the shape here is ${actual}, not ${expected}`,
    label: ({ difference }) => difference,
    explain: `
A shape written in a pipeline is an assertion: \`x -> flatten -> [N, 400] -> linear(10)\` passes the
value on when its shape is \`[N, 400]\` and is an error otherwise. Either a layer before it does not
do what was meant, or the assertion is out of date.`,
  }),
  CNN2032: entry<{
    expected: string;
    difference: string;
    actual: string;
    block: string;
    parameter: string;
    reason?: "grey" | "channels last";
  }>({
    severity: "error",
    title: ({ block, parameter }) => `\`${block}\` does not take this shape as \`${parameter}\``,
    label: ({ actual, difference }) => `gets ${actual}: ${difference}`,
    help: ({ reason }) => {
      if (reason === "grey") {
        return [
          "declare the model's input with 3 channels: a grey image file is then read as RGB",
          "or repeat the grey channel: `concat(x, x, x)`",
        ];
      }
      return reason === "channels last"
        ? ["maps are [N, C, H, W], and these channels stand last: declare the input so"]
        : [];
    },
    explain: `
A block's parameter declares the shape it takes: a number must be equal, a name is bound to the size
it first stands at and must be equal wherever it stands again.`,
  }),
  CNN2033: entry<{ expected: string; difference: string; actual: string }>({
    severity: "error",
    title: ({ actual, expected }) => `the result is ${actual}, but ${expected} was declared`,
    label: ({ difference }) => difference,
    explain: `
The shape behind \`->\` in a model's or block's head is a promise to its users, and the body must keep
it. Change the layers at the end of the body, or the promise.`,
  }),
  CNN2034: entry<{ block: string }>({
    severity: "error",
    title: ({ block }) => `a \`where\` condition of \`${block}\` does not hold here`,
    label: () => "this use breaks it",
    explain: `
A block may promise itself something of its arguments with \`where\`; each use must keep to it.`,
  }),
  CNN2040: entry<{ shape: string }>({
    severity: "error",
    title: () => "this tensor is too large for any machine",
    label: ({ shape }) => `would be ${shape}`,
    explain: `
One tensor may have at most 2⁴⁸ elements. A size that was meant as something else, such as a stride
given as a number of channels, is the usual cause.`,
  }),
  CNN2041: entry<{ weight: string; first: string; now: string }>({
    severity: "error",
    title: () => "a shared layer gets inputs that need different weights",
    label: ({ weight, first, now }) =>
      `\`${weight}\` was ${first} at its first use, here it would be ${now}`,
    help: () => ["give both uses the same number of channels, or write two layers"],
    explain: `
\`let embed = conv(16, kernel: 3)\` makes one layer; every \`-> embed\` uses the same weights. The
weights' shape depends on the channels of the input, so all inputs must have as many. A \`block\`
instead makes weights of its own at each use.`,
  }),
  CNN2042: entry<Record<string, never>>({
    severity: "error",
    title: () => "the sizes of this tensor have become too long an expression",
    label: () => "too much was rounded on the way from the input to here",
    help: () => [
      "declare the input with numbers, or promise with `where` that its sizes divide evenly",
    ],
    explain: `
Sizes that are names are expressions in these names: a convolution with stride 2 makes of \`H\` the size
\`floor((H - 1) / 2)\`, the next one rounds this again. Where sizes are multiplied between the roundings,
the expressions can double with every layer. \`where H % 32 == 0\` makes the divisions exact, and numbers
in place of the names avoid them altogether.`,
  }),
};
