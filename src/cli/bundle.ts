/**
 * The last step of the build: bundles the command line into one script and what launches it.
 * Unbundled, `cnn check` loads some 300 modules, which takes longer than everything it then does.
 * Of the script's modules each command evaluates only what it needs. Prettier and viz, which few
 * need, stay packages. Code of the bundle must not look for files beside itself.
 *
 *     tsx src/cli/bundle.ts [FOLDER]
 */
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { type BuildOptions, build } from "esbuild";

const ROOT = join(import.meta.dirname, "../..");
const OUT = resolve(ROOT, process.argv[2] ?? "dist/src/cli");

const common = {
  absWorkingDir: ROOT,
  outdir: OUT,
  bundle: true,
  format: "cjs",
  platform: "node",
  target: "node22",
  define: { "import.meta.dirname": "__dirname" },
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

/** The licences of the packages whose code is in the bundle, as they ask for. */
function licenses(inputs: readonly string[]): string {
  const texts = new Map<string, string>();
  for (const path of inputs) {
    const folder = /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
    if (folder === undefined || texts.has(folder)) continue;
    const file = readdirSync(join(ROOT, folder)).find((name) => /^licen[cs]e/i.test(name));
    const text = file === undefined ? noticeIn(path) : read(join(folder, file)).trim();
    if (text === "") throw new Error(`${folder} has no licence`);
    texts.set(folder, `${folder.replace("node_modules/", "")}\n\n${text}\n`);
  }
  return [...texts.keys()]
    .sort()
    .map((folder) => texts.get(folder))
    .join(`\n${"-".repeat(80)}\n\n`);
}

/** The comment that opens a file: some packages state their licence there alone. */
function noticeIn(path: string): string {
  const [, notice = ""] = /^((?:\/\/.*\n)*)/.exec(read(path)) ?? [];
  return notice.replaceAll(/^\/\/ ?/gm, "").trim();
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}
