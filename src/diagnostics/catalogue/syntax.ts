/** CNN1xxx: text that does not follow the grammar. */
import { entry } from "../entry.ts";

export const syntaxErrors = {
  CNN1001: entry<{ found: string; expected: string }>({
    severity: "error",
    title: ({ found, expected }) => `expected ${expected}, found ${found}`,
    label: ({ expected }) => `${expected} belongs here`,
    explain: `
The text at this place does not continue in any way that the grammar knows.
The message names what could stand here and what was found instead.`,
  }),
};
