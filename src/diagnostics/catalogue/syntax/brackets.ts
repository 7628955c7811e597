/** CNN1020 to CNN1024: brackets that do not pair, or are of another kind. */
import { entry } from "../../entry.ts";

export const bracketErrors = {
  CNN1020: entry<{ open: string; close: string }>({
    severity: "error",
    title: ({ open }) => `this \`${open}\` is never closed`,
    label: ({ close }) => `its \`${close}\` is missing`,
    explain: `
Each \`(\`, \`[\` and \`{\` needs its partner. The place where it is probably missing was taken from
the lines and their indentation, and the rest of the file was read as if it stood there.`,
  }),
  CNN1021: entry<{ close: string }>({
    severity: "error",
    title: ({ close }) => `this \`${close}\` closes nothing`,
    label: () => "remove it, or open it before",
    explain: `
Every bracket that was open before this place is already closed. Often a bracket a few lines above
is one too many, and has closed a body too early.`,
  }),
  CNN1022: entry<{ open: string; found: string; close: string }>({
    severity: "error",
    title: ({ open, found }) => `a \`${open}\` cannot be closed by a \`${found}\``,
    label: ({ close }) => `\`${close}\` belongs here`,
    explain: `
Brackets close in the reverse order in which they were opened, each with its own kind: \`(\` with
\`)\`, \`[\` with \`]\`, \`{\` with \`}\`.`,
  }),
  CNN1023: entry<{ name: string; open: string }>({
    severity: "error",
    title: ({ name, open }) => `the \`${open}\` must follow \`${name}\` without a space`,
    label: ({ open }) => (open === "(" ? "read as a call" : "read as an index"),
    explain: `
A call's \`(\` touches the name, \`conv(6)\`, and so does an index's \`[\`. Line breaks mean nothing in
this language, so a line that begins with \`(\` would otherwise become a call of whatever the line
before ends with.`,
  }),
  CNN1024: entry<{ form: "call" | "shape" | "type" }>({
    severity: "error",
    title: ({ form }) => {
      if (form === "type") return "the type of a tensor is its shape alone: `image: [N, 3, H, W]`";
      return form === "call"
        ? "arguments stand in `(…)`, not in `[…]`"
        : "a shape stands in `[…]`, not in `(…)`";
    },
    label: ({ form }) => {
      if (form === "type") return "leave this word out";
      return form === "call" ? "read as a call" : "read as a shape";
    },
    explain: `
Calls have round brackets, \`conv(64, kernel: 3)\`, and shapes square ones, \`[N, 3, 224, 224]\`, as
PyTorch prints them. A tuple such as \`(3, 5)\` is the value of a parameter for height and width.`,
  }),
};
