/** `docs/layers.md`: what each layer takes, from its own description. */
import { byCategory, parameterTexts, signatureOf } from "../../src/layers/describe.ts";
import { layers } from "../../src/layers/index.ts";
import type { Layer } from "../../src/layers/layer.ts";
import type { Page } from "./page.ts";

export function layerPages(): readonly Page[] {
  return [{ path: "docs/layers.md", content: layersPage() }];
}

function layerSection(layer: Layer): string {
  const parameters = parameterTexts(layer).map(
    ({ name, expects, doc, default: value }) =>
      `- \`${name}\`: ${expects}; ${value === undefined ? "required" : `default ${value}`}. ${doc}`,
  );
  return [
    `### ${layer.kind}\n`,
    `\`${signatureOf(layer)}\`\n`,
    `${layer.summary} Source: ${layer.source}.\n`,
    ...(parameters.length > 0 ? [`${parameters.join("\n")}\n`] : []),
  ].join("\n");
}

function layersPage(): string {
  const groups = byCategory(layers.values());
  const index = groups.map(([category, own]) => {
    const links = own.map(({ kind }) => `[${kind}](#${kind})`).join(", ");
    return `- **${category}**: ${links}`;
  });
  const parts = groups.map(
    ([category, own]) => `## ${category}\n\n${own.map(layerSection).join("\n")}`,
  );
  return [
    "# Layers\n",
    "Names and defaults are PyTorch's, with `kernel` for `kernel_size`. The tensor that flows in through `->` is the",
    "first argument: `conv(x, out, kernel)` is written `x -> conv(16, kernel: 3)`.\n",
    `${index.join("\n")}\n`,
    parts.join("\n"),
  ].join("\n");
}
