/** `cnn import`: a model of another framework as a program. */
import { basename, dirname } from "node:path";
import { tryImportOnnx } from "../../import.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { isOnnx } from "../files.ts";
import { type ExitCode, type Io, UsageError } from "../io.ts";
import { readOnnx } from "../onnx-model.ts";
import { report } from "../report.ts";
import { sizeOptions, sizesSet } from "../sizes.ts";
import { type NamedFile, writeFolder } from "../write-folder.ts";

export const importCommand: Command = {
  usage: "MODEL.onnx [-o MODEL.cnn] [--set NAME=SIZE]…",
  details:
    "Writes the program and, beside it, MODEL.safetensors. What several nodes are together is\n" +
    "written as the layer that it is, repeated parts as blocks. Sizes that are open in the model\n" +
    "stay names. What cannot be expressed is listed node by node, and nothing is written.",
  options: {
    output: {
      value: "FILE",
      short: "o",
      does: "the program to write; beside the model unless given",
    },
    set: sizeOptions.set,
  },
  examples: [
    { line: "cnn import resnet18.onnx", does: "writes resnet18.cnn and resnet18.safetensors" },
    { line: "cnn import net.onnx -o net.cnn --set H=224,W=224", does: "for images of one size" },
  ],
  run: runImport,
};

async function runImport(args: Arguments, io: Io): Promise<ExitCode> {
  const path = pathFrom(args);
  const output = args.value("output") ?? path.replace(/\.onnx$/, ".cnn");
  if (!output.endsWith(".cnn")) {
    throw new UsageError(`${output} is no name for a program`, "write `-o model.cnn`");
  }
  const sizes = sizesSet(args);
  const read = readOnnx(path, io);
  if (!("bytes" in read)) return report(read.diagnostics, read.sources, io);

  const name = basename(output);
  const weightsFile = name.replace(/\.cnn$/, ".safetensors");
  const imported = await tryImportOnnx(read.bytes, { ...read.options, weightsFile, sizes });
  if (imported.text !== undefined) {
    const { text, weights, graph } = imported;
    const files: readonly NamedFile[] = [
      ...(weights.length > 0 ? [{ name: weightsFile, content: weights }] : []),
      { name, content: text },
    ];
    writeFolder(dirname(output), files, [], io);
    const written = files.map((file) => file.name).join(" and ");
    io.out(`${graph.name}: ${graph.nodes.length} layers in ${written}\n`);
  }
  return report(imported.diagnostics, imported.sources, io);
}

/** @throws UsageError */
function pathFrom({ operands: [path, ...others] }: Arguments): string {
  if (path === undefined) throw new UsageError("which model?", "`cnn import model.onnx`");
  if (others.length > 0) throw new UsageError("`cnn import` takes one model at a time");
  if (isOnnx(path)) return path;
  throw new UsageError(
    `${path} is no ONNX model`,
    "in PyTorch, `torch.onnx.export(model, example, path)` writes one",
  );
}
