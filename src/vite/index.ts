/**
 * The Vite plugin: a program is imported like a module, and its trained models are what it exports.
 *
 *     import { defineConfig } from "vite";
 *     import cnn from "cnn-lang/vite";
 *     export default defineConfig({ plugins: [cnn()] });
 *
 *     import { LeNet5 } from "./lenet5.cnn";
 *     const net = await LeNet5.open();
 */
import { readFileSync, writeFileSync } from "node:fs";
import type { Plugin } from "vite";
import { packagedModels, type ModelChoices, type PackagedProgram } from "./packaged-models.ts";
import { pluginLog } from "./plugin-log.ts";
import { encodeBase64 } from "../targets/wasm/package/package-files.ts";
import { LOADER, classText, exportOf, localName } from "../targets/wasm/package/model-js.ts";
import { modelTypes } from "../targets/wasm/package/model-types.ts";
import { runtimeText } from "../targets/wasm/package/runtime.generated.ts";

/** How models are compiled; all of it may be left out. */
export interface PluginOptions extends ModelChoices {
  /** By the names of models: what is different for one of them. */
  readonly models?: Readonly<Record<string, ModelChoices>>;
  /** Writes `lenet5.cnn.d.ts` beside `lenet5.cnn`, for TypeScript; true unless given. */
  readonly types?: boolean;
}

const PROGRAM = /\.cnn$/;
const LOADER_MODULE = "\0cnn-lang:loader";
/** Where a development server has the modules of models. */
const SERVED = "@cnn-lang/";

/**
 * The plugin. A program's mistakes are Vite's errors, with their place; each model becomes an
 * export with a method `open`, and `lenet5.cnn.d.ts` beside it types its inputs, outputs and
 * labels.
 */
export default function cnn(options: PluginOptions = {}): Plugin {
  /** By program, the modules of its models as they are now: those of earlier versions go. */
  const served = new Map<string, Map<string, Uint8Array>>();
  let base = "/";
  let isServer = false;
  return {
    name: "cnn-lang",

    configResolved(config) {
      base = config.base;
      isServer = config.command === "serve";
    },

    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const { pathname } = new URL(request.url ?? "/", "http://localhost");
        if (!pathname.startsWith(`${base}${SERVED}`)) return next();
        const name = pathname.slice(base.length + SERVED.length);
        const found = [...served.values()].find((modules) => modules.has(name))?.get(name);
        response.setHeader("Content-Type", "application/wasm");
        if (found === undefined) response.writeHead(404);
        response.end(found);
      });
    },

    resolveId(id) {
      return id === LOADER_MODULE ? id : undefined;
    },

    async load(id, environment) {
      if (id === LOADER_MODULE) {
        return `export const { decodeBase64, defineModel } = ${runtimeText};\n`;
      }
      if (!PROGRAM.test(id)) return undefined;
      const { files, ...program } = packagedModels(id, (model) => ({
        ...options,
        ...options.models?.[model],
      }));
      for (const file of files) this.addWatchFile(file);
      const log = pluginLog(id, program.diagnostics, program.sources);
      for (const warning of log.warnings) this.warn(warning);
      if (log.error !== undefined) return this.error(log.error);
      if (options.types !== false) writeTypes(id, program);

      const isOnServer = environment?.ssr === true;
      const modules = new Map<string, Uint8Array>();
      if (isServer && !isOnServer) served.set(id, modules);
      /** The bytes as an expression: a server has no place to fetch its own files from. */
      const place = (name: string, key: string, wasm: Uint8Array<ArrayBuffer>): string => {
        if (isOnServer) {
          return `${LOADER}.decodeBase64(${JSON.stringify(encodeBase64(wasm))})`;
        }
        if (isServer) {
          modules.set(`${key}.wasm`, wasm);
          return JSON.stringify(`${base}${SERVED}${key}.wasm`);
        }
        const reference = this.emitFile({ type: "asset", name, source: wasm });
        return `import.meta.ROLLUP_FILE_URL_${reference}`;
      };
      const classes = program.models.map(({ description, wasm }) =>
        classText(description, { wasm: place(`${description.name}.wasm`, description.id, wasm) }),
      );
      return { code: moduleText(program, classes), moduleType: "js", map: null };
    },
  };
}

function moduleText({ models }: PackagedProgram, classes: readonly string[]): string {
  const names = models.map(({ description }) => exportOf(description.name));
  if (models.length === 1) names.push(`${localName(models[0].description.name)} as default`);
  const loader = `import * as ${LOADER} from ${JSON.stringify(LOADER_MODULE)};\n`;
  return [loader, ...classes, `export { ${names.join(", ")} };\n`].join("\n");
}

/** Only where they differ, so that nothing is checked anew in vain. */
function writeTypes(program: string, { models }: PackagedProgram): void {
  const declared = models.map(({ description, doc }) => ({
    model: description,
    ...(doc !== undefined && { doc }),
  }));
  const text = modelTypes(declared, "The types of a .cnn program, kept by cnn-lang/vite.");
  const path = `${program}.d.ts`;
  if (readIfThere(path) !== text) writeFileSync(path, text);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
