/** `cnn plan`: how a model is compiled, kernel by kernel, and any stage of the way as text. */
import { smallestBatch } from "../../analysis/batch-name.ts";
import { type SizeProblem, instantiate } from "../../analysis/instantiate.ts";
import { chooseModel } from "../../check/choose-model.ts";
import type { SoundModel } from "../../check/check-model.ts";
import { nearest } from "../../diagnostics/nearest.ts";
import { place } from "../../diagnostics/place.ts";
import { planToJson } from "../../formats/json/plan.ts";
import type { Graph } from "../../graph/graph.ts";
import { printGraph } from "../../graph/print.ts";
import { formatKernel } from "../../kernels/ir/format.ts";
import { optimize, passes } from "../../optimize/optimize.ts";
import type { Plan } from "../../plan/plan.ts";
import { type StepTime, profileSteps, profileWeights } from "../../runtime/profile.ts";
import { prepareWasm } from "../../runtime/wasm-target.ts";
import { joinVectorPairs } from "../../runtime/wide-vectors.ts";
import { probeFeatures } from "../../targets/wasm/features.ts";
import { type WasmPlanOptions, planForWasm } from "../../targets/wasm/plan-graph.ts";
import { printPlan } from "../../targets/wasm/print-plan.ts";
import type { Arguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { onePath } from "../files.ts";
import { type ExitCode, type Io, UsageError } from "../io.ts";
import { planText } from "../plan-text.ts";
import { checkFile, modelOption } from "../program.ts";
import { hasErrors, report } from "../report.ts";
import { sizeOptions, sizesFrom } from "../sizes.ts";
import { planOptions, planOptionsFrom } from "../targets.ts";

const STAGES = ["graph", "plan", "kernels", "wat"] as const;
type Stage = (typeof STAGES)[number];

export const plan: Command = {
  usage: "FILE [--batch N] [--set NAME=SIZE]… [--profile] [--emit STAGE] [--json]",
  details:
    "Passes rewrite the graph, algorithms are chosen by estimated cost, all tensors get places in\n" +
    "one arena, and every kernel becomes a WebAssembly function. Passes in their order:\n" +
    passes.map(({ name, summary }) => `  ${name}: ${summary}`).join("\n"),
  options: {
    ...sizeOptions,
    ...planOptions,
    profile: { does: "measures every kernel, with random weights and on one thread" },
    emit: { value: "STAGE", does: `prints a stage as text: ${STAGES.join(", ")}` },
    "stop-after": { value: "PASS", does: "runs no pass behind this one" },
    ...modelOption,
    json: { does: "prints the plan as JSON (schema: cnn-lang/plan.schema.json)" },
  },
  examples: [
    { line: "cnn plan lenet5.cnn", does: "kernels, algorithms and memory" },
    { line: "cnn plan resnet18.cnn --set H=224,W=224 --profile", does: "measured times" },
    { line: "cnn plan net.cnn --algorithm conv3=winograd4", does: "with an algorithm of your own" },
    {
      line: "cnn plan net.cnn --emit graph --stop-after fold-batch-norm",
      does: "between two passes",
    },
  ],
  run: runPlan,
};

async function runPlan(args: Arguments, io: Io): Promise<ExitCode> {
  const path = onePath(args.operands, "plan", io);
  const request = requestFrom(args);
  const { models, diagnostics, sources } = await checkFile(path, args, io);
  if (hasErrors(diagnostics)) return report(diagnostics, sources, io);
  const model = chooseModel(models, path, args.value("model"));
  if ("code" in model) return report([...diagnostics, model], sources, io);

  const sizes = { ...smallestBatch(model.graph), ...sizesFrom(path, args, model.graph) };
  const instance = instantiate(model.graph, sizes);
  const refused = "graph" in instance ? show(instance.graph, request, io) : instance.problems;
  return report([...diagnostics, ...placed(refused, model)], sources, io);
}

interface Request {
  readonly options: WasmPlanOptions;
  readonly profile: boolean;
  readonly emit: Stage;
  readonly json: boolean;
}

/** @throws UsageError */
function requestFrom(args: Arguments): Request {
  const [emit, profile, json] = [args.value("emit"), args.has("profile"), args.has("json")];
  const stopAfter = args.value("stop-after");
  const { threads, ...choices } = planOptionsFrom(args);
  if (emit !== undefined && json) throw new UsageError("choose one of --emit and --json");
  if (profile && threads > 1) {
    throw new UsageError("--profile measures kernels on one thread", "leave --threads out");
  }
  if (profile && emit !== undefined) throw new UsageError("choose one of --emit and --profile");
  return {
    options: {
      relaxedSimd: probeFeatures().relaxedSimd,
      threads,
      ...choices,
      ...(stopAfter !== undefined && { stopAfter: passNamed(stopAfter) }),
    },
    profile,
    emit: emit === undefined ? "plan" : oneOf(STAGES, emit, "--emit prints"),
    json,
  };
}

/** @throws UsageError */
function passNamed(name: string): string {
  return oneOf(
    passes.map((pass) => pass.name),
    name,
    "--stop-after takes",
  );
}

/** @throws UsageError */
function oneOf<T extends string>(known: readonly T[], text: string, what: string): T {
  const found = known.find((name) => name === text);
  if (found !== undefined) return found;
  const close = nearest(text, known);
  throw new UsageError(
    `${what} ${known.join(", ")}, not \`${text}\``,
    ...(close === undefined ? [] : [`did you mean ${close}?`]),
  );
}

/** Prints what is asked for, or gives what stands against it. */
function show(graph: Graph, request: Request, io: Io): readonly SizeProblem[] {
  const { options, emit, json, profile } = request;
  if (emit === "graph") {
    const { stopAfter } = options;
    io.out(printGraph(optimize(graph, stopAfter === undefined ? {} : { stopAfter })));
    return [];
  }
  const planned = planForWasm(graph, options);
  if ("problems" in planned) return planned.problems;
  const { plan: made, machine } = planned;
  if (emit === "kernels") {
    io.out(kernelTexts(made));
    return [];
  }
  const module = printPlan(made, {
    relaxedFma: options.relaxedSimd,
    threads: options.threads,
    vectorWidth: machine.vectorWidth,
  });
  if (emit === "wat") {
    io.out(module.text());
    return [];
  }
  const times = profile ? measure(graph, options) : undefined;
  const facts = { machine, code: module.bytes.length, ...(times && { times }) };
  const content = planToJson(made, facts);
  io.out(json ? `${JSON.stringify(content, null, 2)}\n` : planText(content));
  return [];
}

function measure(graph: Graph, options: WasmPlanOptions): readonly StepTime[] {
  if (options.wide) joinVectorPairs();
  return profileSteps(prepareWasm(graph, profileWeights(graph), { ...options, steps: true }));
}

/** Each kernel once, with the layers that it computes. */
function kernelTexts({ steps, buffers }: Plan): string {
  const users = new Map<string, string[]>();
  for (const { kernel, nodes } of steps) {
    const text = formatKernel(kernel);
    users.set(text, [...(users.get(text) ?? []), ...nodes]);
  }
  for (const buffer of buffers) {
    for (const { kernel } of "expansion" in buffer ? buffer.expansion : []) {
      users.set(formatKernel(kernel), ["weights, once when they are loaded"]);
    }
  }
  return [...users].map(([text, nodes]) => `// ${nodes.join(", ")}\n${text}`).join("\n");
}

function placed(problems: readonly SizeProblem[], { span }: SoundModel) {
  return problems.map(({ problem, node }) => place(problem, node?.span ?? span));
}
