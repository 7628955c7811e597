/** `cnn check`: what is wrong with programs, and for which sizes the right ones work. */
import { type CheckOptions, type Checked, check as checkSource } from "../../check/check.ts";
import type { SoundModel } from "../../check/check-model.ts";
import { instantiatePartly } from "../../analysis/instantiate.ts";
import { type InputContract, formatContract } from "../../check/sizes/contract.ts";
import { type Code, catalogue } from "../../diagnostics/catalogue.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { toJson } from "../../diagnostics/json.ts";
import { painter } from "../../diagnostics/render/paint.ts";
import type { Source } from "../../diagnostics/span.ts";
import { type Bindings, formatShape } from "../../graph/dim.ts";
import type { Arguments } from "../arguments.ts";
import { codeFrom } from "../codes.ts";
import type { Command } from "../command.ts";
import { STDIN, importsFrom } from "../../files/read.ts";
import { isOnnx, programPaths, readProgram } from "../files.ts";
import { type ExitCode, type Io, UsageError } from "../io.ts";
import { mend } from "../mend.ts";
import { type CheckedFile, checkFile, unreadable } from "../program.ts";
import { hasErrors, report } from "../report.ts";
import { placed, sizeOptions, sizesSet } from "../sizes.ts";
import { writeOutput } from "../write.ts";

export const check: Command = {
  usage: "FILE… [--fix] [--allow CODE] [--set NAME=SIZE]… [--json]",
  details:
    "A folder stands for all .cnn files in it, - for standard input. ONNX models are checked too.\n" +
    "Exit code 1 means errors; warnings alone give 0.",
  options: {
    fix: { does: "makes the proposed changes; prints the program if it is standard input" },
    allow: { value: "CODE", many: true, does: "does not show this warning" },
    set: sizeOptions.set,
    json: { does: "prints models and messages as JSON; messages also go to standard error" },
  },
  examples: [
    { line: "cnn check lenet.cnn", does: "checks one file" },
    { line: "cnn check . --allow CNN4001", does: "checks a folder, without one kind of warning" },
    { line: "cnn check lenet.cnn --fix", does: "mends what can be mended for sure" },
    { line: "cnn check unet.cnn --set H=350,W=525", does: "checks that it works on such images" },
    { line: "cnn check resnet18.onnx", does: "checks an ONNX model" },
    { line: "cnn check --json - < lenet.cnn", does: "for editors and scripts" },
  ],
  run: runCheck,
};

async function runCheck(args: Arguments, io: Io): Promise<ExitCode> {
  const paths = programPaths(args.operands, "check", io);
  const options = { allow: args.values("allow").map(warningFrom), resolve: importsFrom(io) };
  const all: CheckedFile[] = [];
  for (const path of paths) {
    if (isOnnx(path)) {
      all.push(await checkFile(path, args, io));
      continue;
    }
    const source = await readProgram(path, io);
    if ("code" in source) all.push(unreadable(path, source));
    else {
      const checked = checkSource(source, options);
      all.push(atSizes(args.has("fix") ? fix(source, checked, options, io) : checked, args));
    }
  }
  const diagnostics = distinct(all.flatMap((checked) => checked.diagnostics));
  const sources = all.flatMap((checked) => checked.sources);
  if (args.has("json")) {
    const models = all.flatMap((checked) => checked.models.map(toJsonModel));
    io.out(`${JSON.stringify({ models, diagnostics: toJson(diagnostics, sources) }, null, 2)}\n`);
  } else if (!(args.has("fix") && paths.includes("-"))) {
    for (const checked of all) io.out(modelLines(checked, io));
  }
  return report(diagnostics, sources, io);
}

/** @throws UsageError where there is no such warning */
function warningFrom(written: string): Code {
  const code = codeFrom(written);
  if (catalogue[code].severity === "warning") return code;
  throw new UsageError(`${code} is an error: only warnings can be allowed`);
}

/** With the sizes of `--set`: what the models cannot do at these is wrong. */
function atSizes(checked: CheckedFile, args: Arguments): CheckedFile {
  const sizes = sizesSet(args);
  if (Object.keys(sizes).length === 0 || hasErrors(checked.diagnostics)) return checked;
  const models: SoundModel[] = [];
  const refused: Diagnostic[] = [];
  for (const model of checked.models) {
    const instance = instantiatePartly(model.graph, sizes);
    if ("graph" in instance)
      models.push({ ...model, graph: instance.graph, contract: open(model, sizes) });
    else refused.push(...placed(instance.problems, model));
  }
  return { ...checked, models, diagnostics: [...checked.diagnostics, ...refused] };
}

/** The part of the contract that speaks of sizes without a value. */
function open({ contract: { names, joint } }: SoundModel, sizes: Bindings): InputContract {
  const left = names.filter(({ name }) => !Object.hasOwn(sizes, name));
  const isOpen = left.some(({ name }) => joint.some((condition) => condition.includes(name)));
  return { names: left, joint: isOpen ? joint : [] };
}

/** Writes the mended program to where it came from. */
function fix(source: Source, checked: Checked, options: CheckOptions, io: Io): Checked {
  const mended = mend(source, checked, (changed) => checkSource(changed, options));
  if (source.name === STDIN) io.out(mended.source.text);
  else if (mended.fixes > 0) writeOutput(source.name, mended.source.text, io);
  if (mended.fixes > 0) {
    io.err(`${source.name}: ${mended.fixes} ${mended.fixes === 1 ? "fix" : "fixes"} made\n`);
  }
  return mended.checked;
}

/** A file that several others import says its mistakes once. */
function distinct(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const byPlace = new Map(
    diagnostics.map((found) => {
      const { code, facts, span } = found;
      return [`${code} ${span.file}:${span.start}:${span.end} ${JSON.stringify(facts)}`, found];
    }),
  );
  return [...byPlace.values()];
}

function modelLines({ models, diagnostics, sources }: CheckedFile, io: Io): string {
  if (hasErrors(diagnostics)) return "";
  const ok = painter(io.colors.out)("added", "ok");
  const [{ name }] = sources;
  if (models.length === 0) return `${ok} ${name}: no models\n`;
  return models
    .map((model) => `${ok} ${name}: ${signatureOf(model)}${contractOf(model)}\n`)
    .join("");
}

/** `LeNet5(image: [N, 1, 28, 28]) -> [N, 10]`. */
function signatureOf({ name, graph }: SoundModel): string {
  const shapeOf = (id: number): string => formatShape(graph.values[id].type.shape);
  const inputs = graph.inputs.map((id) => `${graph.values[id].name}: ${shapeOf(id)}`).join(", ");
  const [first, ...others] = graph.outputs;
  const results =
    others.length === 0 && first.name === "output"
      ? shapeOf(first.value)
      : `{ ${graph.outputs.map(({ name: key, value }) => `${key}: ${shapeOf(value)}`).join(", ")} }`;
  return `${name}(${inputs}) -> ${results}`;
}

function contractOf({ contract }: SoundModel): string {
  const text = formatContract(contract);
  return text === "" ? "" : ` for ${text}`;
}

function toJsonModel({ name, graph, contract, span }: SoundModel): object {
  const port = (key: string, id: number): object => ({
    name: key,
    shape: formatShape(graph.values[id].type.shape),
  });
  return {
    file: span.file,
    name,
    inputs: graph.inputs.map((id) => port(graph.values[id].name, id)),
    outputs: graph.outputs.map((output) => port(output.name, output.value)),
    contract: formatContract(contract),
  };
}
