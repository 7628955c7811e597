/** `cnn build`: a trained model becomes files that run by themselves, anywhere. */
import { join } from "node:path";
import { buildModel } from "../../build.ts";
import type { PackagedModule } from "../../targets/wasm/package/make-package.ts";
import { packageFiles } from "../../targets/wasm/package/package-files.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { onePath } from "../files.ts";
import { type ExitCode, type Io, UsageError } from "../io.ts";
import { formatBytes } from "../numbers.ts";
import { report } from "../report.ts";
import { givenSizes, sizeOptions, sizesSet } from "../sizes.ts";
import { type Column, table } from "../table.ts";
import { planOptions, planOptionsFrom } from "../targets.ts";
import { readTrainedFile, trainedModelOptions } from "../trained-model.ts";
import { version } from "../version.ts";
import { type NamedFile, byteLengthOf, writeFolder } from "../write-folder.ts";

export const build: Command = {
  usage: "FILE [--weights FILE] [-o FOLDER] [--batch N] [--set NAME=SIZE]… [--threads N]",
  details:
    "Writes model.js, an ES module without dependencies, model.wasm and model.d.ts. They run as they\n" +
    'are in Node, browsers and edge runtimes: `import { LeNet5 } from "./model.js"`. A failed build\n' +
    "leaves the folder as it was.",
  options: {
    output: { value: "FOLDER", short: "o", does: "where the files go; dist unless given" },
    ...trainedModelOptions,
    weights: {
      value: "FILE",
      short: "w",
      many: true,
      does: "a safetensors or npz file; the word `external` is the same as --external-weights",
    },
    "external-weights": { does: "puts the weights into model.weights, beside model.wasm" },
    "single-file": { does: "puts everything into model.js" },
    portable: {
      does: "the same bits on every engine: no fused multiply-add, slower by a tenth to a third",
    },
    ...sizeOptions,
    ...planOptions,
  },
  examples: [
    { line: "cnn build lenet5.cnn -o dist/", does: "with the weights that the model names" },
    { line: "cnn build resnet18.cnn -w resnet18.safetensors --set H=224,W=224", does: "sizes" },
    { line: "cnn build net.cnn -w net.npz --threads 4 --external-weights", does: "for a server" },
  ],
  run: runBuild,
};

/** Not a file, which `./external` would be. */
const EXTERNAL = "external";

/** All that a build may write. */
const FILES = ["model.wasm", "model.weights", "model.d.ts", "model.js"];

/** A module of JavaScript is a text, which engines limit to about 2^29 characters. */
const LARGEST_SINGLE_FILE = 2 ** 28;

async function runBuild(args: Arguments, io: Io): Promise<ExitCode> {
  const path = onePath(args.operands, "build", io);
  const folder = args.value("output") ?? "dist";
  const { weights, external, singleFile } = filesFrom(args);
  const choices = { ...planOptionsFrom(args), ...givenSizes(path, args) };
  const model = await readTrainedFile({ path, weights, sizes: sizesSet(args) }, args, io);
  if (model.checked === undefined) return report(model.diagnostics, model.sources, io);

  const { built, doc, diagnostics, sources } = buildModel(model, {
    ...choices,
    portable: args.has("portable"),
    weightsPlace: external ? "beside" : "inside",
  });
  if (built !== undefined) {
    if (singleFile && built.wasm.length > LARGEST_SINGLE_FILE) {
      const size = formatBytes(built.wasm.length);
      throw new UsageError(`${size} are too much for a single file`, "leave out --single-file");
    }
    const header = `Compiled from ${path} by cnn-lang ${version()}: \`cnn build\` makes it anew.`;
    const files = packageFiles(built, { header, singleFile, ...(doc !== undefined && { doc }) });
    writeFolder(folder, files, FILES, io);
    io.out(filesText(folder, files, built));
  }
  return report(diagnostics, sources, io);
}

interface Placement {
  /** The file to read. */
  readonly weights: string | undefined;
  readonly external: boolean;
  readonly singleFile: boolean;
}

/** @throws UsageError */
function filesFrom(args: Arguments): Placement {
  const given = args.values("weights");
  const files = given.filter((value) => value !== EXTERNAL);
  if (files.length > 1) throw new UsageError("--weights is given twice");
  const external = args.has("external-weights") || given.includes(EXTERNAL);
  const singleFile = args.has("single-file");
  if (external && singleFile) {
    throw new UsageError("choose one of --single-file and --external-weights");
  }
  return { external, singleFile, weights: files.at(0) };
}

/** What was written, with sizes; code and weights of one file apart. */
function filesText(
  folder: string,
  files: readonly NamedFile[],
  { description: { codeBytes, weights } }: PackagedModule,
): string {
  const both = `code ${formatBytes(codeBytes)}, weights ${formatBytes(weights.bytes)}`;
  const rows = files.map(({ name, content }) => [
    join(folder, name),
    formatBytes(byteLengthOf(content)),
    name === "model.wasm" && weights.place === "inside" ? both : "",
  ]);
  const columns: readonly Column[] = [
    { title: "written" },
    { title: "size", align: "right" },
    { title: "" },
  ];
  return `${table(columns, rows).join("\n")}\n`;
}
