/** The texts of `cnn --help` and `cnn COMMAND --help`. */
import { common } from "./arguments.ts";
import type { Command, CommandEntry, Option } from "./command.ts";

export function commandHelp(
  { name, summary }: CommandEntry,
  { usage, options, examples, details }: Command,
): string {
  const rows = Object.entries({ ...options, ...common }).map(
    ([long, option]) => [optionText(long, option), option.does] as const,
  );
  return [
    `cnn ${name} ${summary}`,
    "",
    `  cnn ${name} ${usage}`,
    ...(details === undefined ? [] : ["", details]),
    "",
    "Options",
    ...aligned(rows),
    "",
    "Examples",
    ...aligned(examples.map(({ line, does }) => [line, does])),
    "",
  ].join("\n");
}

export function overview(commands: readonly CommandEntry[]): string {
  return [
    "cnn checks, draws and runs convolutional networks written in the .cnn language",
    "",
    "Commands",
    ...aligned(commands.map(({ name, summary }) => [`cnn ${name}`, summary])),
    "",
    "Begin with",
    ...aligned([
      ["cnn init model.cnn", "writes a first program"],
      ["cnn check model.cnn", "checks it"],
      ["cnn check --help", "says more about a command"],
    ]),
    "",
    "Exit codes: 0 all is well, 1 the program or a file is wrong, 2 the command line is wrong.",
    "",
  ].join("\n");
}

function optionText(long: string, { short, value }: Option): string {
  const names = short === undefined ? `--${long}` : `-${short}, --${long}`;
  return value === undefined ? names : `${names} ${value}`;
}

function aligned(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
