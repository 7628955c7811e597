/** CNN1090 to CNN1093: programs larger than any that a person writes. */
import { entry } from "../../entry.ts";

export const limitErrors = {
  CNN1090: entry<{ mebibytes: string; limit: number }>({
    severity: "error",
    title: ({ mebibytes }) => `this file has ${mebibytes} MiB: too much for a program`,
    label: ({ limit }) => `at most ${limit} MiB are read`,
    help: () => ['weights belong into a file of their own: `@weights("model.safetensors")`'],
    explain: `
Nothing of the file was read. A network of ten thousand layers has a tenth of this size, so the file
is probably something other than a program.`,
  }),
  CNN1091: entry<{ limit: number }>({
    severity: "error",
    title: ({ limit }) => `more than ${limit} levels inside of each other`,
    label: () => "what stands in here was not read",
    help: () => ["move inner parts into blocks of their own"],
    explain: `
Brackets, groups, branches and chains of \`else if\` can be nested 128 deep. Blocks may use blocks, so a
deeper structure can be taken apart.`,
  }),
  CNN1092: entry<{ count: number; limit: number }>({
    severity: "error",
    title: ({ count, limit }) => `${count} operators in one expression: at most ${limit} are read`,
    label: () => "this expression was not read",
    help: () => ["give parts of it names with `let`"],
    explain: `
One expression may have up to 1,000 operators, signs, fields and calls in a row. A pipeline may have any
number of steps.`,
  }),
  CNN1093: entry<{ limit: number }>({
    severity: "error",
    title: ({ limit }) => `more than ${limit} mistakes: the others are not shown`,
    label: () => "reading stopped to report here",
    explain: `
Only the first mistakes of a file are reported. Mend some of them and check again: often many come from
the same cause.`,
  }),
};
