/** CNN3xxx: names, types and arguments. */
import { entry } from "../entry.ts";

export const nameErrors = {
  CNN3001: entry<{ name: string; what: string; nearest?: string }>({
    severity: "error",
    title: ({ name, what }) => `there is no ${what} called \`${name}\``,
    label: ({ nearest }) => (nearest === undefined ? "not known here" : `did you mean \`${nearest}\`?`),
    explain: `
A name must be a built-in layer, a block, a constant or an import of the file, or a parameter or
\`let\` of the body in which it is used. Where a known name is close, the message proposes it.`,
  }),
};
