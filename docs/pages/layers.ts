/** `docs/layers.md`: what each layer takes, from its own description. */
import { parameterTexts, signatureOf } from "../../src/layers/describe.ts";
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
  const all = [...layers.values()];
  const categories = [...new Set(all.map(({ category }) => category))].toSorted();
  const parts = categories.map((category) => {
    const own = all.filter((layer) => layer.category === category);
    return `## ${category}\n\n${own.map(layerSection).join("\n")}`;
  });
  return `# Layers\n\nNames and defaults are PyTorch's, with \`kernel\` for \`kernel_size\`.\n\n${parts.join("\n")}`;
}
