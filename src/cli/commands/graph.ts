/** `cnn graph`: a model as JSON, as Graphviz text, or as a picture. */
import type { Graph } from "../../graph/graph.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { onePath } from "../files.ts";
import { type ExitCode, type Io, UsageError } from "../io.ts";
import { checkFile, chosenModels, modelOption } from "../program.ts";
import { report } from "../report.ts";
import { sizeOptions } from "../sizes.ts";
import { writeOutput } from "../write.ts";

export const graph: Command = {
  usage: "FILE [--json | --dot | --svg] [-o FILE]",
  details: "JSON follows the schema cnn-lang/graph.schema.json.",
  options: {
    json: { does: "layers, shapes, weights, costs and source places (the default)" },
    dot: { does: "text for Graphviz" },
    svg: { does: "a drawing" },
    output: { value: "FILE", short: "o", does: "writes there; its ending chooses the format" },
    ...modelOption,
    set: { ...sizeOptions.set, does: "of an ONNX model: gives a named size its value" },
  },
  examples: [
    { line: "cnn graph lenet5.cnn -o lenet5.svg", does: "draws the model" },
    { line: "cnn graph lenet5.cnn --json | jq .cost", does: "for scripts" },
  ],
  run: runGraph,
};

const formats = {
  json: async (model: Graph): Promise<string> => {
    const { graphToJson } = await import("../../formats/json/graph.ts");
    return `${JSON.stringify(graphToJson(model), null, 2)}\n`;
  },
  dot: async (model: Graph): Promise<string> => {
    const { graphToDot } = await import("../../formats/pictures/dot.ts");
    return graphToDot(model);
  },
  svg: async (model: Graph): Promise<string> => {
    const [{ graphToDot }, { dotToSvg }] = await Promise.all([
      import("../../formats/pictures/dot.ts"),
      import("../../formats/pictures/svg.ts"),
    ]);
    return dotToSvg(graphToDot(model));
  },
};

type Format = keyof typeof formats;

const NAMES: readonly Format[] = ["json", "dot", "svg"];

async function runGraph(args: Arguments, io: Io): Promise<ExitCode> {
  const path = onePath(args.operands, "graph", io);
  const output = args.value("output");
  const format = formatFrom(args, output);
  const checked = await checkFile(path, args, io);
  const { models, diagnostics } = chosenModels(path, checked, args);
  if (models.length > 1) {
    const names = models.map(({ name }) => name).join(", ");
    throw new UsageError(`${path} declares several models: ${names}`, "say which: --model NAME");
  }
  for (const model of models) {
    const text = await formats[format](model.graph);
    if (output === undefined) io.out(text);
    else writeOutput(output, text, io);
  }
  return report(diagnostics, checked.sources, io);
}

/** @throws UsageError */
function formatFrom(args: Arguments, output: string | undefined): Format {
  const asked = NAMES.filter((name) => args.has(name));
  if (asked.length > 1) {
    throw new UsageError(`choose one of ${asked.map((name) => `--${name}`).join(" and ")}`);
  }
  if (asked.length === 1) return asked[0];
  if (output === undefined) return "json";
  const ending = NAMES.find((name) => output.endsWith(`.${name}`));
  if (ending !== undefined) return ending;
  if (/\.(png|jpe?g|pdf|gif|webp)$/i.test(output)) {
    const picture = output.replace(/\.\w+$/, ".svg");
    throw new UsageError(
      `pictures are written as SVG, not as ${output}`,
      `write \`-o ${picture}\``,
    );
  }
  throw new UsageError(`${output} does not say which format`, "add --json, --dot or --svg");
}
