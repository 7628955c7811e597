/** `cnn init`: a first program to change. */
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { type ExitCode, type Io, UsageError, exitCodes } from "../io.ts";
import { starter } from "../starter.ts";
import { writeNew } from "../write.ts";

export const init: Command = {
  usage: "[FILE]",
  details: "The file is model.cnn unless named, and is never overwritten.",
  options: {},
  examples: [
    { line: "cnn init", does: "writes model.cnn" },
    { line: "cnn init nets/digits.cnn", does: "writes there" },
  ],
  run: runInit,
};

async function runInit({ operands }: Arguments, io: Io): Promise<ExitCode> {
  const [path = "model.cnn", ...others] = operands;
  if (others.length > 0) throw new UsageError("`cnn init` writes one file");
  if (!path.endsWith(".cnn")) {
    throw new UsageError(`programs end in .cnn, ${path} does not`, `\`cnn init ${path}.cnn\``);
  }
  writeNew(path, starter, io);
  const picture = path.replace(/\.cnn$/, ".svg");
  io.out(
    `${path} written. Next:\n` +
      `  cnn check ${path}\n` +
      `  cnn summary ${path}\n` +
      `  cnn graph ${path} -o ${picture}\n`,
  );
  return exitCodes.ok;
}
