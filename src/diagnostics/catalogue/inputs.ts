/** CNN5xxx: files that a program needs: weights, images, arrays. */
import { entry } from "../entry.ts";

export const inputErrors = {
  CNN5001: entry<{ path: string; reason: string }>({
    severity: "error",
    title: ({ path }) => `cannot read ${path}`,
    label: ({ reason }) => reason,
    explain: `
The file does not exist, is a directory, or may not be read. Paths in a program are relative to the
program's own folder; paths on the command line to the current one.`,
  }),
};
