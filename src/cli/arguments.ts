/** Reads a command's arguments, and says in plain words what is wrong with them. */
import { parseArgs } from "node:util";
import { InternalFault } from "../diagnostics/diagnostic.ts";
import { nearest } from "../diagnostics/nearest.ts";
import type { Options } from "./command.ts";
import { UsageError } from "./io.ts";

export class Arguments {
  /** Arguments without a dash, and `-`. */
  readonly operands: readonly string[];
  private readonly options: Options;
  private readonly given: ReadonlyMap<string, readonly string[]>;

  constructor(
    options: Options,
    operands: readonly string[],
    given: ReadonlyMap<string, readonly string[]>,
  ) {
    this.options = options;
    this.operands = operands;
    this.given = given;
  }

  has(option: string): boolean {
    return this.all(option, false).length > 0;
  }

  /** The value of an option that takes one; of several the last. */
  value(option: string): string | undefined {
    return this.all(option, true).at(-1);
  }

  values(option: string): readonly string[] {
    return this.all(option, true);
  }

  private all(name: string, takesValue: boolean): readonly string[] {
    const option = this.options[name];
    if (option === undefined || takesValue !== (option.value !== undefined)) {
      throw new InternalFault(`the option --${name} is not declared as it is used`);
    }
    return this.given.get(name) ?? [];
  }
}

/** Options that every command has. */
export const common: Options = { help: { does: "shows this text", short: "h" } };

/**
 * @param command its name, for what is said of a wrong argument
 * @throws UsageError
 */
export function readArguments(command: string, own: Options, argv: readonly string[]): Arguments {
  const options: Options = { ...own, ...common };
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(
      Object.entries(options).map(([name, { value, short }]) => [
        name,
        { type: value === undefined ? "boolean" : "string", ...(short && { short }) } as const,
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const operands: string[] = [];
  const given = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === "positional") operands.push(token.value);
    if (token.kind !== "option") continue;
    const option = options[token.name];
    if (option === undefined) throw unknownOption(command, token.rawName, options);
    const takesValue = option.value !== undefined;
    // An empty one is mostly a shell's variable without a value.
    if (takesValue && !token.value) {
      throw new UsageError(`${token.rawName} needs a value: ${token.rawName} ${option.value}`);
    }
    if (!takesValue && token.value !== undefined) {
      throw new UsageError(`${token.rawName} takes no value`);
    }
    const values = given.get(token.name) ?? [];
    if (takesValue && values.length > 0 && option.many !== true) {
      throw new UsageError(`${token.rawName} is given twice`);
    }
    given.set(token.name, [...values, token.value ?? ""]);
  }
  return new Arguments(options, operands, given);
}

function unknownOption(command: string, written: string, options: Options): UsageError {
  const close = nearest(written.replace(/^-+/, ""), Object.keys(options));
  return new UsageError(
    `\`cnn ${command}\` has no option ${written}`,
    ...(close === undefined ? [] : [`did you mean --${close}?`]),
    `\`cnn ${command} --help\` lists its options`,
  );
}
