/** Sizes given on the command line: `--set H=224` and `--batch 8`. */
import { batchName } from "../analysis/batch-name.ts";
import { type SizeProblem, instantiate, namedSizes } from "../analysis/instantiate.ts";
import type { SoundModel } from "../check/check-model.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { place } from "../diagnostics/place.ts";
import type { Bindings } from "../graph/dim.ts";
import type { Graph } from "../graph/graph.ts";
import type { Arguments } from "./arguments.ts";
import type { Options } from "./command.ts";
import { isOnnx } from "./files.ts";
import { UsageError } from "./io.ts";

export const sizeOptions: Options = {
  batch: { value: "N", does: "images at once" },
  set: { value: "NAME=SIZE", many: true, does: "gives a named size its value: --set H=224" },
};

/** @throws UsageError where they are not sizes, or the batch of the model is fixed */
export function sizesFrom(path: string, args: Arguments, graph: Graph): Bindings {
  const { batch, sizes } = givenSizes(path, args);
  if (batch === undefined) return sizes;
  const name = batchName(graph);
  if (name === undefined) {
    throw new UsageError(`\`${graph.name}\` has a fixed batch, so --batch cannot change it`);
  }
  return { ...sizes, [name]: batch };
}

/**
 * The same as options of the library. An ONNX model has been read with the sizes of `--set`, so
 * that those are names no more.
 * @throws UsageError where they are not sizes
 */
export function givenSizes(
  path: string,
  args: Arguments,
): {
  readonly batch?: number;
  readonly sizes: Bindings;
} {
  const batch = args.value("batch");
  return {
    sizes: isOnnx(path) ? {} : sizesSet(args),
    ...(batch !== undefined && { batch: parseNumber("--batch", batch) }),
  };
}

/** Those of `--set`. @throws UsageError where they are not sizes */
export function sizesSet(args: Arguments): Bindings {
  return Object.fromEntries(args.values("set").flatMap((text) => text.split(",").map(parseSize)));
}

/** Where all sizes are given the graph has numbers only; otherwise it stays as it is. */
export function withSizes(
  model: SoundModel,
  sizes: Bindings,
): { readonly graph: Graph } | { readonly diagnostics: readonly Diagnostic[] } {
  const names = [...namedSizes(model.graph).keys()];
  const onlyBatch = Object.keys(sizes).every((name) => name === batchName(model.graph));
  if (onlyBatch && !names.every((name) => Object.hasOwn(sizes, name))) {
    return { graph: model.graph };
  }
  const instance = instantiate(model.graph, sizes);
  if ("graph" in instance) return instance;
  return { diagnostics: placed(instance.problems, model) };
}

/** What a model cannot do at given sizes, at the layer that cannot. */
export function placed(problems: readonly SizeProblem[], model: SoundModel): readonly Diagnostic[] {
  return problems.map(({ problem, node }) => place(problem, node?.span ?? model.span));
}

function parseSize(text: string): readonly [string, number] {
  const [, name, value] = /^\s*([\p{L}_][\p{L}\p{N}_]*)\s*=\s*(\S+)\s*$/u.exec(text) ?? [];
  if (name === undefined) {
    throw new UsageError(`--set takes a name and a size, not \`${text}\``, "write `--set H=224`");
  }
  return [name, parseNumber(`--set ${name}`, value)];
}

export function parseNumber(option: string, text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new UsageError(`${option} takes a whole number of at least 1, not \`${text}\``);
}
