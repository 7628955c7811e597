/** A page for each message: its long text, then every sample program with what it gets. */
import { readFileSync, readdirSync } from "node:fs";
import { type Code, catalogue } from "../../src/diagnostics/catalogue.ts";
import type { Page } from "./page.ts";

const samplesFolder = new URL("../../test/samples/", import.meta.url);
const samples = readdirSync(samplesFolder).toSorted();
const codes = Object.keys(catalogue).toSorted().filter(isCode);

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

export function errorPages(): readonly Page[] {
  const pages = codes.map((code) => ({ path: `docs/errors/${code}.md`, content: errorPage(code) }));
  return [{ path: "docs/errors/README.md", content: errorIndex() }, ...pages];
}

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
    const lines = own.map((code) => {
      const [first] = catalogue[code].explain.trim().split(/(?<=\.)\s/);
      return `- [${code}](${code}.md): ${first.replaceAll("\n", " ")}`;
    });
    return `## ${title}\n\n${lines.join("\n")}\n`;
  });
  return `# Messages\n\n\`cnn explain CODE\` prints these pages.\n\n${parts.join("\n")}`;
}
