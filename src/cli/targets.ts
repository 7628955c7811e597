/** Options that say how a model is compiled: `--threads 2`, `--algorithm conv3=winograd4`. */
import { nearest } from "../diagnostics/nearest.ts";
import { ALGORITHMS, type Algorithm } from "../plan/convolution-problem.ts";
import { WIDE_FLAG } from "../runtime/wide-vectors.ts";
import type { TargetOptions } from "../runtime/choose-target.ts";
import { MOST_THREADS } from "../targets/wasm/control.ts";
import type { Arguments } from "./arguments.ts";
import type { Options } from "./command.ts";
import { UsageError } from "./io.ts";
import { parseNumber } from "./sizes.ts";

export const planOptions: Options = {
  threads: { value: "N", does: "threads that share the work of every layer; 1 unless given" },
  algorithm: {
    value: "LAYER=NAME",
    many: true,
    does: `how a convolution is computed: ${ALGORITHMS.join(", ")}`,
  },
  precise: { does: "never trades accuracy for speed (no Winograd)" },
  wide: { does: `vectors of 256 bits, by V8's experimental flag ${WIDE_FLAG}` },
};

export const targetOptions: Options = {
  target: {
    value: "NAME",
    does: "wasm unless given, or reference: the layers' own definitions, slow",
  },
  ...planOptions,
};

/** @throws UsageError */
export function targetOptionsFrom(args: Arguments): TargetOptions {
  const target = args.value("target");
  if (target !== undefined && target !== "wasm" && target !== "reference") {
    throw new UsageError(
      `there is no target \`${target}\``,
      "write `--target wasm` or `--target reference`",
    );
  }
  return { ...(target !== undefined && { target }), ...planOptionsFrom(args) };
}

export interface PlanChoices {
  readonly threads: number;
  readonly precise: boolean;
  readonly wide: boolean;
  readonly algorithms: Readonly<Record<string, Algorithm>>;
}

/** @throws UsageError */
export function planOptionsFrom(args: Arguments): PlanChoices {
  const threads = parseNumber("--threads", args.value("threads") ?? "1");
  if (threads > MOST_THREADS) {
    throw new UsageError(`--threads takes at most ${MOST_THREADS}, not ${threads}`);
  }
  return {
    threads,
    precise: args.has("precise"),
    wide: args.has("wide"),
    algorithms: Object.fromEntries(args.values("algorithm").map(parseChoice)),
  };
}

/** `layer1.0.conv1=direct`. */
function parseChoice(text: string): readonly [string, Algorithm] {
  const at = text.lastIndexOf("=");
  const [layer, name] = [text.slice(0, Math.max(at, 0)).trim(), text.slice(at + 1).trim()];
  if (layer === "") {
    throw new UsageError(
      `--algorithm takes a layer and a name, not \`${text}\``,
      "write `--algorithm conv3=winograd4`",
    );
  }
  const algorithm = ALGORITHMS.find((known) => known === name);
  if (algorithm !== undefined) return [layer, algorithm];
  const close = nearest(name, ALGORITHMS);
  throw new UsageError(
    `there is no algorithm \`${name}\``,
    close === undefined ? `there are ${ALGORITHMS.join(", ")}` : `did you mean ${close}?`,
  );
}
