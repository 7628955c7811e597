/** CNN4xxx: programs that run but probably do not do what was meant. */
import { entry } from "../entry.ts";

export const lints = {
  CNN4001: entry<{ layer: string; norm: string }>({
    severity: "warning",
    title: () => "this bias does nothing: batch_norm subtracts it again",
    label: ({ norm }) => `\`${norm}\` follows`,
    help: () => ["write `bias: false`"],
    explain: `
\`batch_norm\` subtracts the mean of each channel, and with it any constant that the layer before
added to that channel. The bias costs memory and is trained for nothing.`,
  }),
};
