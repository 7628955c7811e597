/** What a command may touch of the world, so that commands run in tests as they do in a shell. */

export interface Io {
  /** Results. */
  out(text: string | Uint8Array): void;
  /** Messages. */
  err(text: string): void;
  /** All of standard input. */
  stdin(): Promise<Uint8Array>;
  /** Paths are relative to this folder. */
  readonly cwd: string;
  readonly colors: { readonly out: boolean; readonly err: boolean };
  /** Columns of the terminal that shows messages; absent where it is not known. */
  readonly width?: number;
}

export const exitCodes = {
  ok: 0,
  /** The program, or a file that it needs, is wrong. */
  diagnostics: 1,
  /** The command line is wrong. */
  usage: 2,
  /** A mistake of cnn-lang itself: EX_SOFTWARE of BSD's sysexits.h. */
  fault: 70,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A command line that cannot be understood; ends the command with a message and code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly help: readonly string[];
  constructor(message: string, ...help: readonly string[]) {
    super(message);
    this.help = help;
  }
}
