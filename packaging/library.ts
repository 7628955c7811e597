/**
 * A step of the build: bundles what Node loads of the library. Node reads, links and compiles a
 * file for each module, and the library's 600 with 120 of its packages took 0.4 s and more; of
 * the bundle `import "cnn-lang"` reads a few. What comes by `import()` in the sources stays in
 * files of its own. Bundlers get the modules one by one (`exports` of `package.json`), from which
 * they drop what a page does not use. Prettier, viz and Vite stay packages.
 *
 *     tsx packaging/library.ts [FOLDER]
 */
import { rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { ROOT, licenses } from "./licenses.ts";

const OUT = resolve(ROOT, process.argv[2] ?? "dist/node");

rmSync(OUT, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: ROOT,
  outdir: OUT,
  entryPoints: {
    index: "src/index.ts",
    prettier: "src/editor/prettier-plugin/index.ts",
    vite: "src/vite/index.ts",
  },
  chunkNames: "parts/[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  // For Node, fflate and others would load what their asynchronous functions need.
  platform: "neutral",
  mainFields: ["module", "main"],
  target: "node22",
  external: ["node:*", "prettier", "@viz-js/viz", "vite"],
  metafile: true,
  logLevel: "warning",
});
writeFileSync(join(OUT, "LICENSES.txt"), licenses(Object.keys(metafile.inputs)));
