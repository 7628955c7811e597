/** What is said where a model cannot be written for another runtime. */
import { entry } from "../entry.ts";

export const exportErrors = {
  CNN5080: entry<{ layer: string; reason: string; remedy: string }>({
    severity: "error",
    title: ({ layer }) => `\`${layer}\` cannot be written in ONNX`,
    label: ({ reason }) => reason,
    help: ({ remedy }) => [remedy],
    explain: `
ONNX has no operator that does what this layer does for every size, and no combination of operators
that does it for these. Most layers can be written once the sizes are known: \`--set H=224,W=224\`.
Nothing was written.`,
  }),

  CNN5081: entry<{ layer: string; reason: string }>({
    severity: "error",
    title: ({ layer }) => `\`${layer}\` cannot be written in PyTorch`,
    label: ({ reason }) => reason,
    help: () => ["give named sizes values: `--set H=224,W=224`"],
    explain: `
PyTorch's modules are made for known numbers of channels and features, and a few arguments of this
language have no counterpart there. Sizes that depend on names are known once the names have values.
Nothing was written.`,
  }),
};
