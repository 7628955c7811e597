/** `cnn layers`: the layers of the language, and the parameters of each. */
import { nearest } from "../../diagnostics/nearest.ts";
import { painter } from "../../diagnostics/render/paint.ts";
import { byCategory, parameterTexts, signatureOf } from "../../layers/describe.ts";
import { layers as table } from "../../layers/index.ts";
import type { Layer } from "../../layers/layer.ts";
import { layerCalled } from "../../syntax/foreign/layer-names.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { type ExitCode, type Io, UsageError, exitCodes } from "../io.ts";

export const layers: Command = {
  usage: "[NAME…]",
  options: {},
  examples: [
    { line: "cnn layers", does: "all layers" },
    { line: "cnn layers conv", does: "the parameters of one" },
  ],
  run: runLayers,
};

async function runLayers({ operands }: Arguments, io: Io): Promise<ExitCode> {
  io.out(
    operands.length === 0
      ? listing(io)
      : operands.map((name) => description(layerOf(name), io)).join("\n"),
  );
  return exitCodes.ok;
}

/** @throws UsageError */
function layerOf(name: string): Layer {
  const layer = table.get(name);
  if (layer !== undefined) return layer;
  const close = layerCalled(name) ?? nearest(name, table.keys());
  throw new UsageError(
    `there is no layer \`${name}\``,
    ...(close === undefined ? [] : [`did you mean \`${close}\`?`]),
    "`cnn layers` lists all layers",
  );
}

function listing(io: Io): string {
  const paint = painter(io.colors.out);
  const width = Math.max(...[...table.keys()].map((kind) => kind.length));
  return byCategory(table.values())
    .map(([category, members]) => {
      const rows = members.map(({ kind, summary }) => `  ${kind.padEnd(width)}  ${summary}\n`);
      return `${paint("strong", category)}\n${rows.join("")}`;
    })
    .join("\n");
}

function description(layer: Layer, io: Io): string {
  const paint = painter(io.colors.out);
  const parameters = parameterTexts(layer).map(({ name, expects, doc, default: value }) => {
    const fallback = value === undefined ? "" : `, ${value} unless given`;
    return `  ${paint("strong", name)}: ${expects}${fallback}\n      ${doc}\n`;
  });
  return [
    `${paint("strong", signatureOf(layer))}\n`,
    `  ${layer.summary}\n`,
    ...(parameters.length === 0 ? [] : ["\n", ...parameters]),
    `\n  Source: ${layer.source}\n`,
  ].join("");
}
