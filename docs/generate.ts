/**
 * Writes what is made from the source: the pages of messages and layers, the diagrams of the
 * syntax, the types of the syntax tree, the lookahead of the parser, the loader that packages of models
 * carry, and the picture and the numbers in README.md.
 * With `--check` nothing is written, and a stale file is an error.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { RUNTIME_FILE, runtimeModule } from "./pages/loader.ts";
import { conformancePages } from "./pages/conformance.ts";
import { errorPages } from "./pages/errors.ts";
import { layerPages } from "./pages/layers.ts";
import { lookaheadPage } from "./pages/lookahead.ts";
import { picturePage } from "./pages/picture.ts";
import { readmePage } from "./pages/readme.ts";
import { syntaxPages } from "./pages/syntax.ts";
import { treePage } from "./pages/tree.ts";

const root = new URL("../", import.meta.url);
const pages = [
  ...errorPages(),
  ...layerPages(),
  ...conformancePages(),
  ...syntaxPages(),
  await treePage(),
  await lookaheadPage(),
  await picturePage(root),
  await readmePage(root),
  { path: RUNTIME_FILE, content: await runtimeModule(fileURLToPath(root)) },
];

const stale = pages.filter(({ path, content }) => {
  const url = new URL(path, root);
  return !existsSync(url) || readFileSync(url, "utf8") !== content;
});
if (!process.argv.includes("--check")) {
  for (const { path, content } of stale) {
    mkdirSync(new URL(".", new URL(path, root)), { recursive: true });
    writeFileSync(new URL(path, root), content);
  }
} else if (stale.length > 0) {
  const names = stale.map(({ path }) => `  ${path}`).join("\n");
  process.stderr.write(`generated pages are stale; run \`npm run gen\`:\n${names}\n`);
  process.exitCode = 1;
}
