/** What other tools call the commands. */

const NAMES: Readonly<Record<string, readonly string[]>> = {
  check: ["lint", "validate", "verify", "test"],
  summary: ["info", "show", "describe", "inspect", "stats"],
  "graph MODEL.cnn -o MODEL.svg": ["draw", "plot", "picture", "svg", "dot", "visualize", "view"],
  "plan --profile": ["profile", "bench", "benchmark", "time"],
  run: ["predict", "infer", "inference", "eval", "classify", "exec", "start"],
  build: ["compile", "package", "bundle", "pack"],
  import: ["convert", "load"],
  export: ["save", "onnx", "pytorch"],
  fmt: ["format", "prettier"],
  init: ["new", "create"],
  layers: ["layer", "ops", "list"],
  explain: ["error", "errors", "codes"],
  "--version": ["version"],
};

/** What to call instead of a command that other tools have. */
export function wayTo(foreign: string): string | undefined {
  if (["train", "fit", "learn"].includes(foreign)) {
    return (
      "networks are trained in PyTorch: `cnn export model.cnn -o model.py` writes the module, " +
      "and its weights come back by `--weights`"
    );
  }
  const found = Object.entries(NAMES).find(([, others]) => others.includes(foreign));
  return found === undefined ? undefined : `did you mean \`cnn ${found[0]}\`?`;
}
