/**
 * Writes what is made from the source: a page for each message in `docs/errors/`, `docs/layers.md`,
 * and the loader that packages of models carry. With `--check` nothing is written, and a stale page is an error.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Code, catalogue } from "../src/diagnostics/catalogue.ts";
import { parameterTexts, signatureOf } from "../src/layers/describe.ts";
import { layers } from "../src/layers/index.ts";
import type { Layer } from "../src/layers/layer.ts";
import { RUNTIME_FILE, runtimeModule } from "../src/runtime/package/bundle.ts";

const root = new URL("../", import.meta.url);
const samplesFolder = new URL("test/samples/", root);
const samples = readdirSync(samplesFolder).toSorted();
const codes = Object.keys(catalogue).toSorted();

const FAMILIES: Readonly<Record<string, string>> = {
  "1": "Syntax",
  "2": "Shapes",
  "3": "Names, types and arguments",
  "4": "Lints",
  "5": "Files, weights and inputs",
  "6": "ONNX models",
};

function isCode(text: string): text is Code {
  return Object.hasOwn(catalogue, text);
}

/** The page of one code: its long text, then every sample with what it gets. */
function errorPage(code: Code): string {
  const { severity, explain } = catalogue[code];
  const shown = samples
    .filter((name) => name.startsWith(`${code}-`))
    .map((name) => {
      const program = readFileSync(new URL(`${name}/input.cnn`, samplesFolder), "utf8").trimEnd();
      const message = readFileSync(
        new URL(`${name}/expected.txt`, samplesFolder),
        "utf8",
      ).trimEnd();
      return `## Example: ${name.slice(code.length + 1).replaceAll("-", " ")}\n\n\`\`\`cnn\n${program}\n\`\`\`\n\n\`\`\`text\n${message}\n\`\`\`\n`;
    });
  return [`# ${code} (${severity})\n`, `${explain.trim()}\n`, ...shown].join("\n");
}

function errorIndex(): string {
  const parts = Object.entries(FAMILIES).map(([digit, title]) => {
    const own = codes.filter((code) => code.startsWith(`CNN${digit}`));
    const lines = own.filter(isCode).map((code) => {
      const [first] = catalogue[code].explain.trim().split(/(?<=\.)\s/);
      return `- [${code}](${code}.md): ${first.replaceAll("\n", " ")}`;
    });
    return `## ${title}\n\n${lines.join("\n")}\n`;
  });
  return `# Messages\n\n\`cnn explain CODE\` prints these pages.\n\n${parts.join("\n")}`;
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

const pages = new Map<string, string>([
  ["docs/layers.md", layersPage()],
  ["docs/errors/README.md", errorIndex()],
  [RUNTIME_FILE, await runtimeModule(fileURLToPath(root))],
  ...codes
    .filter(isCode)
    .map((code): [string, string] => [`docs/errors/${code}.md`, errorPage(code)]),
]);

const check = process.argv.includes("--check");
mkdirSync(new URL("docs/errors/", root), { recursive: true });
const stale = [...pages].filter(([path, content]) => {
  const url = new URL(path, root);
  return !existsSync(url) || readFileSync(url, "utf8") !== content;
});
if (check && stale.length > 0) {
  const names = stale.map(([path]) => `  ${path}`).join("\n");
  process.stderr.write(`generated files are stale; run \`npm run gen\`:\n${names}\n`);
  process.exitCode = 1;
}
if (!check) for (const [path, content] of stale) writeFileSync(new URL(path, root), content);
