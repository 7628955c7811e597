/**
 * A step of the build: bundles the command line into one script and what launches it.
 * Unbundled, `cnn check` loads some 300 modules, which takes longer than everything it then does.
 * Of the script's modules each command evaluates only what it needs. Prettier and viz, which few
 * need, stay packages. Code of the bundle must not look for files beside itself.
 *
 *     tsx packaging/cli.ts [FOLDER]
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { ROOT, licenses } from "./licenses.ts";

const OUT = resolve(ROOT, process.argv[2] ?? "dist/src/cli");

const common = {
  absWorkingDir: ROOT,
  outdir: OUT,
  bundle: true,
  format: "cjs",
  platform: "node",
  target: "node22",
  define: { "import.meta.dirname": "__dirname" },
  // For Node, fflate loads worker threads, which its asynchronous functions alone need.
  alias: { fflate: "fflate/browser" },
  logLevel: "warning",
} satisfies BuildOptions;

rmSync(OUT, { recursive: true, force: true });
const { metafile, outputFiles } = await build({
  ...common,
  entryPoints: { program: "src/cli/main.ts" },
  entryNames: "[name]-[hash]",
  banner: { js: "((require, __dirname) => {" },
  footer: { js: "})" },
  supported: { "dynamic-import": false },
  external: ["prettier", "@viz-js/viz"],
  metafile: true,
  write: false,
});
const [script] = outputFiles;
mkdirSync(OUT, { recursive: true });
writeFileSync(script.path, inAscii(script.text));
await build({
  ...common,
  entryPoints: { main: "src/cli/launch.ts" },
  define: { ...common.define, PROGRAM: JSON.stringify(basename(script.path)) },
});
writeFileSync(join(OUT, "package.json"), '{ "type": "commonjs" }\n');
writeFileSync(join(OUT, "LICENSES.txt"), licenses(Object.keys(metafile.inputs)));

/**
 * Regular expressions keep the characters that esbuild escapes elsewhere. A text of one byte a
 * character is read faster, and takes half the memory.
 */
function inAscii(text: string): string {
  return text.replaceAll(
    /[^\0-\x7f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
