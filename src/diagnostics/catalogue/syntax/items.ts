/** CNN1050 to CNN1055: what stands at the top of a file, and what does not. */
import { entry } from "../../entry.ts";

export const itemErrors = {
  CNN1050: entry<{ name: string }>({
    severity: "error",
    title: ({ name }) => `\`@${name}\` cannot stand here`,
    label: () => "attributes stand directly above a `model` or `block`",
    explain: `
An attribute such as \`@weights("lenet5.safetensors")\` or \`@allow(CNN4001)\` belongs to the model or
block below it. Imports, constants, \`train\` blocks and parts of a body have none.`,
  }),
  CNN1051: entry<{ name: string; word: string }>({
    severity: "error",
    title: ({ name, word }) => `\`${name}\` is declared without \`${word}\``,
    label: ({ name, word }) => `write \`${word} ${name}\``,
    help: ({ word }) =>
      word === "const" ? [] : ["a `model` can be run, a `block` is a part of models"],
    explain: `
Everything at the top of a file begins with its word: \`model\` for a network that can be run,
\`block\` for a part that models use, \`const\` for a number or a layer with a name, \`train\` for how a
model is trained, \`import\` for what other files declare.`,
  }),
  CNN1052: entry<{ found: string; write: string; where: string }>({
    severity: "error",
    title: ({ found, write, where }) => `${where} write \`${write}\`, not \`${found}\``,
    label: ({ write }) => `read as \`${write}\``,
    explain: `
\`const\` names a value for the whole file and stands outside of models and blocks. \`let\` names a
value or a layer inside of a body.`,
  }),
  CNN1053: entry<{ word: string }>({
    severity: "error",
    title: ({ word }) => `\`${word}\` cannot stand inside of a body`,
    label: () => "move it out, to the top of the file",
    help: () => ["if it stands outside already, the body above lacks its `}`"],
    explain: `
Models, blocks, imports and \`train\` stand side by side in a file, never inside of each other. A block
can be used before the place at which it is declared.`,
  }),
  CNN1054: entry<{ found: string }>({
    severity: "error",
    title: ({ found }) => `${found} begins nothing that can stand outside of a model or block`,
    label: () => "expected `model`, `block`, `train`, `const` or `import`",
    help: () => [
      "a program looks like `model Net(image: [N, 3, 32, 32]) { image -> conv(16, kernel: 3) -> relu }`",
      "`cnn init` writes a first one",
    ],
    explain: `
A file is a list of imports, constants, blocks, models and \`train\` blocks. Pipelines and \`let\` stand
inside of a body. If this text belongs to the body above, that body was closed too early: look for a
\`}\` too many.`,
  }),
};
