/** `cnn summary`: a model layer by layer. */
import { smallestBatch } from "../../analysis/batch-name.ts";
import { formatField } from "../../analysis/receptive-field.ts";
import { type Summary, type SummaryRow, summarize } from "../../analysis/summary.ts";
import {
  type Bindings,
  type Dim,
  formatShape,
  isKnown,
  substitute,
  variablesIn,
} from "../../graph/dim.ts";
import { summaryToJson } from "../../formats/json/summary.ts";
import { roundedSizes } from "../../formats/rounded-sizes.ts";
import type { Graph } from "../../graph/graph.ts";
import type { TensorType } from "../../graph/tensor-type.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { SoundModel } from "../../check/check-model.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { onePath } from "../files.ts";
import type { ExitCode, Io } from "../io.ts";
import { formatBytes, formatCount } from "../numbers.ts";
import { checkFile, chosenModels, modelOption } from "../program.ts";
import { report } from "../report.ts";
import { sizeOptions, sizesFrom, withSizes } from "../sizes.ts";
import { type Column, table } from "../table.ts";

export const summary: Command = {
  usage: "FILE [--batch N] [--set NAME=SIZE]… [--json]",
  details:
    "MACs are multiply-adds for the whole batch (1 unless given). The receptive field is the part\n" +
    "of the input, in pixels, that one output value sees. Sizes without a value stay names.",
  options: {
    ...sizeOptions,
    ...modelOption,
    json: { does: "prints the table as JSON" },
  },
  examples: [
    { line: "cnn summary lenet5.cnn", does: "the layer table" },
    { line: "cnn summary resnet18.cnn --set H=224,W=224", does: "for images of one size" },
    { line: "cnn summary resnet18.cnn --batch 8 --json", does: "for scripts" },
  ],
  run: runSummary,
};

async function runSummary(args: Arguments, io: Io): Promise<ExitCode> {
  const path = onePath(args.operands, "summary", io);
  const checked = await checkFile(path, args, io);
  const { models, diagnostics } = chosenModels(path, checked, args);
  const refused: Diagnostic[] = [];
  const summaries: Sized[] = [];
  for (const model of models) {
    const sized = summaryOf(path, model, args);
    if ("diagnostics" in sized) refused.push(...sized.diagnostics);
    else summaries.push(sized);
  }
  if (args.has("json")) {
    io.out(
      `${JSON.stringify(
        summaries.map(({ summary: whole }) => summaryToJson(whole)),
        null,
        2,
      )}\n`,
    );
  } else io.out(summaries.map(summaryText).join("\n"));
  return report([...diagnostics, ...refused], checked.sources, io);
}

interface Sized {
  readonly summary: Summary;
  readonly graph: Graph;
}

function summaryOf(
  path: string,
  model: SoundModel,
  args: Arguments,
): Sized | { readonly diagnostics: readonly Diagnostic[] } {
  const sizes = { ...smallestBatch(model.graph), ...sizesFrom(path, args, model.graph) };
  const sized = withSizes(model, sizes);
  if ("diagnostics" in sized) return sized;
  return { summary: fixed(summarize(sized.graph), sizes), graph: sized.graph };
}

/** Puts the known sizes in where others are still names. */
function fixed(whole: Summary, sizes: Bindings): Summary {
  const fix = (size: Dim): Dim => substitute(size, sizes);
  const { totals } = whole;
  return {
    ...whole,
    inputs: whole.inputs.map(({ name, shape }) => ({ name, shape: shape.map(fix) })),
    rows: whole.rows.map((row) => ({
      ...row,
      outputs: row.outputs.map((shape) => shape.map(fix)),
      macs: fix(row.macs),
      bytes: fix(row.bytes),
    })),
    totals: {
      ...totals,
      macs: fix(totals.macs),
      activationBytes: fix(totals.activationBytes),
    },
  };
}

const columns: readonly Column[] = [
  { title: "layer" },
  { title: "kind" },
  { title: "output" },
  { title: "parameters", align: "right" },
  { title: "MACs", align: "right" },
  { title: "receptive field", align: "right" },
];

function summaryText({ summary: { model, inputs, rows, totals }, graph }: Sized): string {
  const input = mapInput(graph);
  const given = inputs.map(({ name, shape }) => `${name}: ${formatShape(shape)}`).join(", ");
  const macs = isKnown(totals.macs) ? formatCount(totals.macs) : "";
  const total = ["total", "", "", formatCount(totals.parameters), macs, ""];
  const lines = table(columns, [...rows.map((row) => cellsOf(row, input)), total]);
  const ends = [memoryText(totals), ...openText(totals)];
  return [`${model}(${given})`, "", ...lines, "", ...ends, ""].join("\n");
}

/** The sum over all layers is a formula that nobody reads. */
function openText({ macs, activationBytes }: Summary["totals"]): readonly string[] {
  const open = [...variablesIn(activationBytes, variablesIn(macs)).keys()];
  if (open.length === 0) return [];
  const sizes = open.map((name) => `${name}=224`).join(",");
  const which = open.length === 1 ? "the size" : "the sizes";
  return [
    `MACs and activations depend on ${which} ${open.join(" and ")}: \`--set ${sizes}\` counts them`,
  ];
}

function cellsOf(row: SummaryRow, input: TensorType | undefined): readonly string[] {
  const { receptiveField: field } = row;
  return [
    row.name,
    row.kind,
    row.outputs.map((shape) => roundedSizes(formatShape(shape))).join(" "),
    row.sharesWeights ? "(shared)" : formatCount(row.parameters),
    roundedSizes(formatCount(row.macs)),
    field === null || input === undefined ? "" : formatField(field, input),
  ];
}

/** The input whose pixels receptive fields count. */
function mapInput(graph: Graph): TensorType | undefined {
  const types = graph.inputs.map((id) => graph.values[id].type);
  return types.find(({ shape }) => shape.length === 4);
}

function memoryText({
  parameters,
  buffers,
  activationBytes,
  peakBytes,
}: Summary["totals"]): string {
  const weights = isKnown(parameters) && isKnown(buffers) ? 4 * (parameters + buffers) : undefined;
  const parts = [
    weights === undefined ? "" : `weights ${formatBytes(weights)}`,
    isKnown(activationBytes) ? `all activations ${formatBytes(activationBytes)}` : "",
    peakBytes === undefined ? "" : `live at once at most ${formatBytes(peakBytes)}`,
  ];
  return `memory (float32): ${parts.filter((part) => part !== "").join(", ")}`;
}
