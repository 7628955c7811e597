/** `cnn run`: a trained model answers for images or arrays. */
import { openNet } from "../../compile.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { place, wholeFile } from "../../diagnostics/place.ts";
import { writeNpz } from "../../formats/tensors/npz.ts";
import { fromTensor } from "../../formats/tensors/stored-array.ts";
import type { Graph } from "../../graph/graph.ts";
import { tensor } from "../../graph/tensor.ts";
import type { Net, NetOutputs } from "../../runtime/net.ts";
import type { Arguments } from "../arguments.ts";
import { type Likely, type Scores, likeliest } from "../classes.ts";
import type { Command } from "../command.ts";
import { onePath } from "../files.ts";
import { readInputs } from "../inputs.ts";
import { type ExitCode, type Io, UsageError } from "../io.ts";
import { report } from "../report.ts";
import { parseNumber } from "../sizes.ts";
import { type Column, table } from "../table.ts";
import { targetOptions, targetOptionsFrom } from "../targets.ts";
import { readTrainedFile, trainedModelOptions } from "../trained-model.ts";
import { writeOutput } from "../write.ts";

export const run: Command = {
  usage: "FILE INPUT… [--weights FILE] [--top N] [--threads N] [--json]",
  details:
    "An input is a PNG image (0..1, channels as the model asks), a .npy array, or a .npz file of\n" +
    "arrays called as the model's inputs. @weights and @labels of the model are the defaults.",
  options: {
    input: { value: "FILE", short: "i", many: true, does: "the same as an INPUT after FILE" },
    top: { value: "N", does: "how many classes are shown; 5 unless given" },
    output: { value: "FILE", short: "o", does: "writes the outputs of one input as npz" },
    ...trainedModelOptions,
    ...targetOptions,
    json: { does: "prints results as JSON" },
  },
  examples: [
    { line: "cnn run lenet5.cnn digit.png", does: "with the weights that the model names" },
    { line: "cnn run lenet5.cnn *.png --top 1", does: "many images" },
    { line: "cnn run resnet18.onnx cat.png", does: "an ONNX model, with its own weights" },
    { line: "cnn run net.cnn x.npz -w net.safetensors -o y.npz", does: "arrays in, arrays out" },
  ],
  run: runRun,
};

interface Answer {
  readonly file: string;
  readonly outputs: NetOutputs;
}

async function runRun(args: Arguments, io: Io): Promise<ExitCode> {
  const [file, ...rest] = args.operands;
  const path = onePath(file === undefined ? [] : [file], "run", io);
  const files = [...rest, ...args.values("input")];
  const top = parseNumber("--top", args.value("top") ?? "5");
  const output = args.value("output");
  if (files.length === 0) throw new UsageError("run on what?", `\`cnn run ${path} image.png\``);
  if (output !== undefined && files.length > 1) {
    throw new UsageError("-o takes the outputs of one input");
  }
  const choices = targetOptionsFrom(args);
  const model = await readTrainedFile({ path, weights: args.value("weights") }, args, io);
  const compiled = model.checked === undefined ? model : await openNet(model, choices);
  if (!("net" in compiled) || compiled.net === undefined) {
    return report(compiled.diagnostics, compiled.sources, io);
  }
  const { net } = compiled;

  const answers: Answer[] = [];
  const wrong: Diagnostic[] = [];
  for (const name of files) {
    const inputs = readInputs(name, net, io);
    if (!inputs.ok) wrong.push(place(inputs.problem, wholeFile(name)));
    else {
      const ran = net.tryRun(inputs.inputs);
      for (const found of ran.diagnostics) if (!wrong.includes(found)) wrong.push(found);
      if (ran.outputs !== undefined) answers.push({ file: name, outputs: ran.outputs });
    }
  }
  if (output !== undefined) {
    for (const { outputs } of answers) writeOutput(output, npzOf(outputs), io);
  }
  if (args.has("json")) {
    const results = answers.map((answer) => jsonAnswer(answer, net, top));
    io.out(`${JSON.stringify(results, null, 2)}\n`);
  } else io.out(answers.map((answer) => answerText(answer, net, top)).join("\n"));
  net.close();
  return report([...net.diagnostics, ...wrong], net.sources, io);
}

function npzOf(outputs: NetOutputs): Uint8Array {
  return writeNpz(
    new Map(
      Object.entries(outputs).map(([name, { shape, data }]) => [
        name,
        fromTensor(tensor(shape, data)),
      ]),
    ),
  );
}

/** What the layer that makes an output says of its numbers. */
function scoresOf({ outputs, nodes }: Graph, name: string): Scores {
  const value = outputs.find((output) => output.name === name)?.value;
  const maker = nodes.find((node) => value !== undefined && node.outputs.includes(value));
  if (maker?.kind === "softmax") return "probabilities";
  return maker?.kind === "log_softmax" ? "log-probabilities" : "logits";
}

interface Ranked {
  readonly output: string;
  readonly scores: Scores;
  /** One list for each image of the batch. */
  readonly images: readonly (readonly Likely[])[];
}

/** Outputs `[N, classes]`; maps have no classes. */
function rankedOf({ outputs }: Answer, net: Net, top: number): readonly Ranked[] {
  return Object.entries(outputs).flatMap(([output, { shape, data }]): readonly Ranked[] => {
    if (shape.length !== 2) return [];
    const [batch, classes] = shape;
    const scores = scoresOf(net.graph, output);
    const images = Array.from({ length: batch }, (_, n) =>
      likeliest(data.subarray(n * classes, (n + 1) * classes), scores, net.labels, top),
    );
    return [{ output, scores, images }];
  });
}

function jsonAnswer(answer: Answer, net: Net, top: number): unknown {
  return {
    file: answer.file,
    outputs: Object.fromEntries(
      Object.entries(answer.outputs).map(([name, { shape, data }]) => [
        name,
        { shape, data: Array.from(data) },
      ]),
    ),
    classes: rankedOf(answer, net, top),
  };
}

function answerText(answer: Answer, net: Net, top: number): string {
  const lines = [answer.file];
  for (const [name, { shape, data }] of Object.entries(answer.outputs)) {
    if (shape.length !== 2) lines.push(`  ${name} [${shape.join(", ")}]: ${rangeText(data)}`);
  }
  for (const { output, scores, images } of rankedOf(answer, net, top)) {
    for (const [n, likely] of images.entries()) {
      if (images.length > 1) lines.push(`  ${output}, image ${n}`);
      lines.push(...classLines(likely, scores));
    }
  }
  return `${lines.join("\n")}\n`;
}

function classLines(likely: readonly Likely[], scores: Scores): readonly string[] {
  const columns: readonly Column[] = [
    { title: "  class" },
    { title: "probability", align: "right" },
    {
      title: scores === "probabilities" ? "" : scores.replace(/ies$/, "y").replace(/s$/, ""),
      align: "right",
    },
  ];
  const rows = likely.map(({ label, probability, output }) => [
    `  ${label}`,
    `${(100 * probability).toFixed(2)} %`,
    scores === "probabilities" ? "" : output.toFixed(4),
  ]);
  return table(columns, rows);
}

/** A map is too much to print: its smallest and largest value. */
function rangeText(data: Float32Array): string {
  const [min, max] = data.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
  return `from ${min.toPrecision(4)} to ${max.toPrecision(4)}; \`-o FILE.npz\` writes all of it`;
}
