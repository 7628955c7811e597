/** A command line as it would be typed, and what it printed. */
import { runCli } from "../../src/cli/cli.ts";
import type { ExitCode } from "../../src/cli/io.ts";

export interface Printed {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

/**
 * @param cwd relative to the repository
 * @param stdin what stands on standard input
 */
export async function cnn(argv: readonly string[], cwd = ".", stdin = ""): Promise<Printed> {
  const printed = { out: "", err: "" };
  const code = await runCli(argv, {
    out: (text) => {
      printed.out += typeof text === "string" ? text : new TextDecoder().decode(text);
    },
    err: (text) => {
      printed.err += text;
    },
    stdin: async () => new TextEncoder().encode(stdin),
    cwd,
    colors: { out: false, err: false },
  });
  return { code, ...printed };
}
