/** The command line as a function: arguments in, exit code out. */
import { nearest } from "../diagnostics/nearest.ts";
import { painter } from "../diagnostics/render/paint.ts";
import { readArguments } from "./arguments.ts";
import { wayTo } from "./command-names.ts";
import { commands } from "./commands.ts";
import { commandHelp, overview } from "./help.ts";
import { type ExitCode, type Io, UsageError, exitCodes } from "./io.ts";
import { version } from "./version.ts";

export async function runCli(argv: readonly string[], io: Io): Promise<ExitCode> {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const paint = painter(io.colors.err);
    const lines = error.help.map((help) => `  ${paint("added", "help:")} ${help}\n`);
    io.err(`${paint("error", "error")}${paint("strong", `: ${error.message}`)}\n${lines.join("")}`);
    return exitCodes.usage;
  }
}

async function dispatch([first, ...rest]: readonly string[], io: Io): Promise<ExitCode> {
  if (first === undefined) {
    io.err(overview(commands));
    return exitCodes.usage;
  }
  if (first === "--version" || first === "-v") {
    io.out(`${version()}\n`);
    return exitCodes.ok;
  }
  if (first === "--help" || first === "-h" || first === "help") {
    return rest.length === 0 ? showOverview(io) : dispatch([rest[0], "--help"], io);
  }
  const entry = commands.find(({ name }) => name === first);
  if (entry === undefined) throw unknownCommand(first);
  const command = await entry.load();
  const args = readArguments(entry.name, command.options, rest);
  if (args.has("help")) {
    io.out(commandHelp(entry, command));
    return exitCodes.ok;
  }
  return command.run(args, io);
}

function showOverview(io: Io): ExitCode {
  io.out(overview(commands));
  return exitCodes.ok;
}

function unknownCommand(written: string): UsageError {
  const names = commands.map(({ name }) => name);
  if (written.startsWith("-")) {
    return new UsageError(
      `\`cnn\` has no option ${written}`,
      "options of a command stand behind it: `cnn check --json model.cnn`",
      "`cnn --help` lists the commands",
    );
  }
  const close = nearest(written, names);
  const help =
    wayTo(written) ?? (close === undefined ? undefined : `did you mean \`cnn ${close}\`?`);
  if (help !== undefined) return new UsageError(`there is no command \`${written}\``, help);
  if (written.endsWith(".cnn")) {
    return new UsageError(
      `what is to be done with ${written}?`,
      `\`cnn check ${written}\` checks it`,
      "`cnn --help` lists the commands",
    );
  }
  return new UsageError(
    `there is no command \`${written}\``,
    `the commands are ${names.join(", ")}`,
  );
}
