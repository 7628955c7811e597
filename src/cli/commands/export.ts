/** `cnn export`: a model for other runtimes. */
import { basename, dirname } from "node:path";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { Source } from "../../diagnostics/span.ts";
import { exportModel, tryExportPytorch } from "../../export.ts";
import { OPSETS, type Opset } from "../../layers/onnx.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { isOnnx, onePath, readProgram } from "../files.ts";
import { type ExitCode, type Io, UsageError } from "../io.ts";
import { unreadable } from "../program.ts";
import { report } from "../report.ts";
import { givenSizes, sizeOptions, sizesSet } from "../sizes.ts";
import type { NoModel } from "../../trained-model.ts";
import {
  programOptions,
  readTrainedFile,
  readUntrainedFile,
  trainedModelOptions,
} from "../trained-model.ts";
import { version } from "../version.ts";
import { type NamedFile, writeFolder } from "../write-folder.ts";

export const exportCommand: Command = {
  usage: "FILE -o MODEL.onnx|MODEL.py [--weights FILE] [--opset 13|17|21] [--set NAME=SIZE]…",
  details:
    "The file's ending chooses the format. A PyTorch module (.py) has the program's own names, so\n" +
    "that the same weights file loads into both.\n" +
    "Sizes without a value stay open in the model. Layers keep the form that is trained, with\n" +
    "BatchNormalization and Dropout, unless --optimized. A failed export writes nothing.",
  options: {
    output: { value: "FILE", short: "o", does: "the file to write" },
    to: { value: "FORMAT", does: "onnx or pytorch, where the file's name does not say it" },
    opset: { value: "N", does: "version of ONNX's operators: 13, 17 (the default) or 21" },
    ...trainedModelOptions,
    fresh: { does: "takes weights as before any training, in place of a file" },
    ...sizeOptions,
    optimized: { does: "folds batch_norm into weights and leaves dropout out" },
    external: {
      does: "puts the weights into MODEL.onnx.data, as those of 2 GB and more always are",
    },
  },
  examples: [
    { line: "cnn export lenet5.cnn -o lenet5.onnx", does: "with the weights that the model names" },
    {
      line: "cnn export resnet18.cnn -w resnet18.safetensors -o resnet18.onnx --set H=224,W=224",
      does: "for images of one size, any number at once",
    },
  ],
  run: runExport,
};

type Format = "onnx" | "pytorch";

const ENDINGS: Readonly<Record<Format, string>> = { onnx: ".onnx", pytorch: ".py" };

async function runExport(args: Arguments, io: Io): Promise<ExitCode> {
  const path = onePath(args.operands, "export", io);
  const output = args.value("output");
  const format = formatFrom(args, output);
  if (format === "pytorch") return writePytorch(path, output, args, io);
  if (output === undefined) {
    throw new UsageError("where to?", `\`cnn export ${path} -o model.onnx\``);
  }
  const opset = opsetFrom(args);
  const weights = args.value("weights");
  const fresh = args.has("fresh");
  if (weights !== undefined && fresh) {
    throw new UsageError("choose one of --weights and --fresh");
  }
  const model = fresh
    ? await readUntrainedFile(path, args, io)
    : await readTrainedFile({ path, weights, sizes: sizesSet(args) }, args, io);
  if (model.checked === undefined) {
    return report(model.diagnostics.map(withFresh), model.sources, io);
  }

  const name = basename(output);
  const dataFile = `${name}.data`;
  const exported = exportModel(model, {
    ...givenSizes(path, args),
    opset,
    optimized: args.has("optimized"),
    external: args.has("external"),
    dataFile,
    version: version(),
  });
  if (exported.model !== undefined) {
    const { model: content, data } = exported;
    const files: readonly NamedFile[] = [
      ...(data.length > 0 ? [{ name: dataFile, content: data }] : []),
      { name, content },
    ];
    writeFolder(dirname(output), files, [], io);
  }
  return report(exported.diagnostics, exported.sources, io);
}

async function writePytorch(
  path: string,
  output: string | undefined,
  args: Arguments,
  io: Io,
): Promise<ExitCode> {
  const flags = ["optimized", "external", "fresh"].filter((name) => args.has(name));
  const values = ["opset", "weights"].filter((name) => args.value(name) !== undefined);
  const [needless] = [...values, ...flags];
  if (needless !== undefined) {
    throw new UsageError(
      `--${needless} is for ONNX`,
      "leave it out: a PyTorch module has no weights until they are loaded",
    );
  }
  const sizes = givenSizes(path, args);
  const source = await programOf(path, args, io);
  if (!("text" in source)) return report(source.diagnostics, source.sources, io);
  const header = `Made from ${path} by cnn-lang ${version()}: \`cnn export\` makes it anew.`;
  const { text, diagnostics, sources } = tryExportPytorch(source, {
    ...programOptions(args, io),
    ...sizes,
    header,
  });
  if (text !== undefined && output === undefined) io.out(text);
  if (text !== undefined && output !== undefined) {
    writeFolder(dirname(output), [{ name: basename(output), content: text }], [], io);
  }
  return report(diagnostics, sources, io);
}

/** The blocks of an ONNX model's program become classes. */
async function programOf(path: string, args: Arguments, io: Io): Promise<Source | NoModel> {
  if (isOnnx(path)) {
    const { programOfOnnx } = await import("../onnx-model.ts");
    return programOfOnnx(path, sizesSet(args), io);
  }
  const source = await readProgram(path, io);
  return "code" in source ? unreadable(path, source) : source;
}

/** @throws UsageError */
function formatFrom(args: Arguments, output: string | undefined): Format {
  const formats: readonly Format[] = ["onnx", "pytorch"];
  const asked = args.value("to");
  const told = formats.find((format) => format === asked);
  if (asked !== undefined && told === undefined) {
    throw new UsageError(`--to is onnx or pytorch, not \`${asked}\``);
  }
  if (told !== undefined) return told;
  if (output === undefined) return "onnx";
  const ending = formats.find((format) => output.endsWith(ENDINGS[format]));
  if (ending !== undefined) return ending;
  if (/\.(pth?|safetensors|npz)$/i.test(output)) {
    throw new UsageError(
      `${output} would be weights: an export writes networks`,
      `a PyTorch module, which the program's own weights fit: \`-o ${output.replace(/\.\w+$/, ".py")}\``,
    );
  }
  throw new UsageError(`${output} does not say which format`, "add --to onnx or --to pytorch");
}

/** @throws UsageError */
function opsetFrom(args: Arguments): Opset {
  const text = args.value("opset") ?? "17";
  const opset = OPSETS.find((one) => String(one) === text);
  if (opset !== undefined) return opset;
  throw new UsageError(`--opset is one of ${OPSETS.join(", ")}, not \`${text}\``);
}

/** Without weights there is another way out here than in other commands. */
function withFresh(diagnostic: Diagnostic): Diagnostic {
  if (diagnostic.code !== "CNN5051") return diagnostic;
  const help = "or export the network as it is before training: `--fresh`";
  return { ...diagnostic, help: [...diagnostic.help, help] };
}
