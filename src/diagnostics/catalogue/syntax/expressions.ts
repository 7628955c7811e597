/** CNN1001 and CNN1040 to CNN1048: values, calls and operators. */
import { entry } from "../../entry.ts";

export const expressionErrors = {
  CNN1001: entry<{ found: string; expected: string }>({
    severity: "error",
    title: ({ found, expected }) => `expected ${expected}, found ${found}`,
    label: () => "read up to here",
    explain: `
The text at this place does not continue in any way that the grammar knows. The message names what
could stand here and what was found instead. \`docs/language.md\` describes every construct, and
\`docs/syntax.html\` draws the grammar.`,
  }),
  CNN1040: entry<{ before: string; after: string }>({
    severity: "error",
    title: ({ before, after }) => `a comma is missing between \`${before}\` and \`${after}\``,
    label: () => "`,` belongs before this",
    explain: `
Arguments, parameters, the sizes of a shape, the items of a tuple and the results of a record are
separated by commas. A comma after the last one is allowed.`,
  }),
  CNN1041: entry<{ name: string; found: string; write: string; what: string }>({
    severity: "error",
    title: ({ what, write, found }) => `${what} is given with \`${write}\`, not with \`${found}\``,
    label: ({ name, write }) => (write === ":" ? `write \`${name}: …\`` : `write \`${name} = …\``),
    explain: `
A colon names an argument (\`conv(6, kernel: 5)\`), a setting of a \`train\` block (\`epochs: 5\`), the
type of a parameter (\`out: int\`) and a layer (\`stem: conv(64)\`). An equals sign binds a value to a
name: \`let x = …\`, \`const WIDTH = 64\`, a parameter's default (\`stride: int = 1\`) and a result
(\`{ logits = a }\`).`,
  }),
  CNN1042: entry<{ label: string }>({
    severity: "error",
    title: ({ label }) => `the label \`${label}:\` cannot stand here`,
    label: () => "a label stands after `->`, or first in a body or group",
    help: () => ["put the layer in braces to label it: `{ name: conv(3) }`"],
    explain: `
\`name: layer\` gives the layer's weights their name. Labels stand in front of a step, that is after
\`->\` and at the beginning of a body or group. Inside the parentheses of a call the same form is a
named argument.`,
  }),
  CNN1043: entry<{ name: string; module?: string; object?: string }>({
    severity: "error",
    title: ({ module, object }) => {
      if (object !== undefined) return `layers belong to no object: there is no \`${object}\``;
      return module === undefined
        ? "a layer is not called as a method"
        : `layers are built in: there is no \`${module}\``;
    },
    label: ({ name, module, object }) => {
      if (object !== undefined) return "the layer is declared here: `x -> conv(8, kernel: 3)`";
      return module === undefined ? `write \`-> ${name}(…)\`` : `write \`${name}(…)\``;
    },
    explain: `
Values have no methods and layers belong to no module. \`x -> flatten\` gives \`x\` to the layer, where
PyTorch has \`x.flatten()\` or \`nn.Flatten()(x)\`. After a dot stand only sizes: \`x.channels\`,
\`x.height\`, \`x.width\`, \`x.shape[0]\`.`,
  }),
  CNN1044: entry<object>({
    severity: "error",
    title: () => "comparisons cannot be chained",
    label: () => "this compares the answer of the comparison before",
    help: () => ["write `a < b and b < c`"],
    explain: `
\`a < b < c\` would compare the answer of \`a < b\`, which is true or false, with \`c\`. Write each
comparison for itself and join them with \`and\`.`,
  }),
  CNN1045: entry<{ operator: string }>({
    severity: "error",
    title: ({ operator }) => `\`not\` needs parentheses after \`${operator}\``,
    label: () => "write `(not …)`",
    explain: `
\`not\` takes the whole comparison that follows it: \`not a == b\` is \`not (a == b)\`. After an operator
that binds tighter it would be unclear what it takes, so parentheses say it.`,
  }),
  CNN1046: entry<object>({
    severity: "error",
    title: () => "`=` binds a name; to compare, write `==`",
    label: () => "read as `==`",
    explain: `
\`stride == 1\` asks whether two values are equal. A single \`=\` gives a name its value, which is not
possible inside a condition or a \`where\`.`,
  }),
  CNN1047: entry<object>({
    severity: "error",
    title: () => "a tuple has at least two items",
    label: () => "this is one value in parentheses and a comma",
    explain: `
\`(3, 5)\` is a pair; \`(3)\` is the number 3. Where a layer takes a pair, one number stands for both
sides, so \`kernel: 3\` is enough.`,
  }),
  CNN1048: entry<object>({
    severity: "error",
    title: () => "a value is given to a layer with `->`",
    label: () => "this layer has its arguments already",
    help: () => ["where PyTorch has `conv(x)`, write `x -> conv(64, kernel: 3)`"],
    explain: `
\`conv(64)\` is a layer with its arguments. To apply it, let a value flow into it: \`x -> conv(64)\`,
where PyTorch has \`conv(x)\` or \`Conv2d(3, 64)(x)\`.`,
  }),
};
