/** Reads the example programs, with the files that they import. */
import { readFileSync, readdirSync } from "node:fs";
import { join, posix } from "node:path";
import type { Resolve } from "../../src/check/modules.ts";
import type { Source } from "../../src/diagnostics/span.ts";

const ROOT = join(import.meta.dirname, "../../examples");

export const exampleNames = readdirSync(ROOT)
  .filter((file) => file.endsWith(".cnn"))
  .map((file) => file.slice(0, -".cnn".length));

export function example(name: string): Source {
  return read(`${name}.cnn`);
}

export const resolveExample: Resolve = (path, importer) =>
  read(posix.join(posix.dirname(importer), path));

/** A file that lies beside the examples. */
export function exampleBytes(path: string): Uint8Array {
  return readFileSync(join(ROOT, path));
}

function read(file: string): Source {
  return { name: file, text: readFileSync(join(ROOT, file), "utf8") };
}
