/** What a command is: its description, from which `--help` is made, and what it does. */
import type { Arguments } from "./arguments.ts";
import type { ExitCode, Io } from "./io.ts";

export interface Command {
  /** What follows the name: `FILE…`. */
  readonly usage: string;
  readonly options: Options;
  readonly examples: readonly Example[];
  /** A paragraph below the usage, where there is more to say. */
  readonly details?: string;
  run(args: Arguments, io: Io): Promise<ExitCode>;
}

/** A command as the list of all has it, before its code is loaded. */
export interface CommandEntry {
  readonly name: string;
  /** One line: `checks programs and says which sizes they take`. */
  readonly summary: string;
  load(): Promise<Command>;
}

/** By their long names. */
export type Options = Readonly<Record<string, Option>>;

export interface Option {
  readonly does: string;
  /** The placeholder of its value: `FILE`; a flag has none. */
  readonly value?: string;
  /** May be given several times. */
  readonly many?: true;
  readonly short?: string;
}

export interface Example {
  readonly line: string;
  readonly does: string;
}
