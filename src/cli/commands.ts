/** The commands. A command's code is loaded when it is called, so that the others cost nothing. */
import type { CommandEntry } from "./command.ts";

export const commands: readonly CommandEntry[] = [
  {
    name: "check",
    summary: "checks programs and says which sizes they take",
    load: async () => (await import("./commands/check.ts")).check,
  },
  {
    name: "summary",
    summary: "shows a model layer by layer: shapes, parameters, cost",
    load: async () => (await import("./commands/summary.ts")).summary,
  },
  {
    name: "graph",
    summary: "writes a model as JSON, or draws it",
    load: async () => (await import("./commands/graph.ts")).graph,
  },
  {
    name: "plan",
    summary: "shows how a model is compiled, kernel by kernel",
    load: async () => (await import("./commands/plan.ts")).plan,
  },
  {
    name: "run",
    summary: "runs a trained model on images or arrays",
    load: async () => (await import("./commands/run.ts")).run,
  },
  {
    name: "build",
    summary: "compiles a trained model to files that run by themselves",
    load: async () => (await import("./commands/build.ts")).build,
  },
  {
    name: "import",
    summary: "turns an ONNX model into a program with its weights",
    load: async () => (await import("./commands/import.ts")).importCommand,
  },
  {
    name: "export",
    summary: "writes a model for other runtimes: ONNX, PyTorch",
    load: async () => (await import("./commands/export.ts")).exportCommand,
  },
  {
    name: "fmt",
    summary: "lays programs out in one style",
    load: async () => (await import("./commands/fmt.ts")).fmt,
  },
  {
    name: "init",
    summary: "writes a first program",
    load: async () => (await import("./commands/init.ts")).init,
  },
  {
    name: "layers",
    summary: "lists the layers, or describes one",
    load: async () => (await import("./commands/layers.ts")).layers,
  },
  {
    name: "explain",
    summary: "explains the code of a message",
    load: async () => (await import("./commands/explain.ts")).explain,
  },
];
