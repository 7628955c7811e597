/**
 * Reads programs, weights and images from disk: for the command line and for build tools, which are
 * the only parts that know of files.
 */
import {
  type Stats,
  closeSync,
  fstatSync,
  openSync,
  readSync,
  readdirSync,
  realpathSync,
  statSync,
} from "node:fs";
import {
  basename,
  dirname,
  isAbsolute,
  join,
  normalize,
  relative,
  resolve as resolvePath,
} from "node:path";
import { type Problem, problem } from "../diagnostics/diagnostic.ts";
import { nearest } from "../diagnostics/nearest.ts";
import type { Source } from "../diagnostics/span.ts";
import { foreignFile } from "../formats/foreign-file.ts";

/** Far more than the language accepts, so that its own message is given; in bytes. */
const LARGEST_PROGRAM = 64 * 2 ** 20;
/** What one array of bytes can hold on every engine. */
const LARGEST_FILE = 2 ** 31 - 1;
/** As many bytes as WebAssembly's memory may have: files of weights beside a model. */
const LARGEST_WEIGHTS = 2 ** 32;

/** The name of a program that comes from standard input. */
export const STDIN = "<stdin>";

/** Paths are relative to it. */
export interface WorkingFolder {
  readonly cwd: string;
}

export function readSource(path: string, folder: WorkingFolder): Source | Problem {
  const bytes = readBytes(path, folder, LARGEST_PROGRAM);
  return bytes instanceof Uint8Array ? decode(normalize(path), bytes) : bytes;
}

/** Finds imported files: beside the file that imports them. */
export function importsFrom(
  folder: WorkingFolder,
): (path: string, importer: string) => Source | undefined {
  return (path, importer) => {
    const source = readSource(besideProgram(path, importer), folder);
    return "code" in source ? undefined : source;
  };
}

/** The path of a file that a program names. */
export function besideProgram(path: string, program: string): string {
  const folder = program === STDIN ? "." : dirname(program);
  return normalize(isAbsolute(path) ? path : join(folder, path));
}

/**
 * Weights of an ONNX model, which comes from anybody: a file in the model's own folder, which a link
 * may stand for. A model that is a link itself has the folder of what it stands for, too, as in the
 * caches of model hubs.
 */
export function readBesideModel(
  location: string,
  model: string,
  folder: WorkingFolder,
): Uint8Array | Problem {
  const path = besideProgram(location, model);
  const full = pathOf(path, folder);
  const refuse = (reason: string): Problem => problem("CNN5001", { path, reason });
  try {
    const real = realpathSync(full);
    const own = pathOf(model, folder);
    const folders = [realpathSync(dirname(own)), dirname(realpathSync(own))];
    if (!folders.some((inside) => isWithin(real, inside))) {
      return refuse("it is a link that leads out of the model's folder");
    }
    // A pipe would be waited for.
    if (!statSync(real).isFile()) return refuse("it is no file");
  } catch (error) {
    return refuse(reasonOf(error, full));
  }
  return readBytes(path, folder, LARGEST_WEIGHTS);
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return !isAbsolute(way) && way.split(/[/\\]/)[0] !== "..";
}

export function readBytes(
  path: string,
  folder: WorkingFolder,
  most = LARGEST_FILE,
): Uint8Array | Problem {
  const full = pathOf(path, folder);
  const refuse = (reason: string): Problem => problem("CNN5001", { path, reason });
  let file: number | undefined;
  try {
    file = openSync(full, "r");
    const stats = fstatSync(file);
    if (stats.isDirectory()) return refuse("it is a folder");
    if (stats.isCharacterDevice()) return refuse("it is a device; `-` is standard input");
    const bytes = readUpTo(file, stats, most + 1);
    return bytes.length <= most
      ? bytes
      : refuse(`it is larger than ${most.toLocaleString("en-US")} bytes`);
  } catch (error) {
    return refuse(reasonOf(error, full));
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** A pipe has no size of its own and may never end. */
function readUpTo(file: number, stats: Stats, limit: number): Uint8Array {
  const parts: Buffer[] = [];
  let total = 0;
  const expected = stats.isFile() ? stats.size + 1 : 2 ** 20;
  while (total < limit) {
    const part = Buffer.allocUnsafe(Math.min(expected, limit - total));
    const read = fill(part, file);
    if (read === 0) break;
    parts.push(part.subarray(0, read));
    total += read;
  }
  return parts.length === 1 ? parts[0] : Buffer.concat(parts);
}

/** Systems read less than 2 GiB at once. */
const MOST_AT_ONCE = 2 ** 30;

/** Gives how many bytes were left to read, where these are fewer than it holds. */
function fill(part: Buffer, file: number): number {
  let filled = 0;
  while (filled < part.length) {
    const length = Math.min(MOST_AT_ONCE, part.length - filled);
    const read = readSync(file, part, filled, length, null);
    if (read === 0) break;
    filled += read;
  }
  return filled;
}

/** What the system says, in words. */
export function reasonOf(error: unknown, full: string): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  switch (code) {
    case "ENOENT":
    case "ENOTDIR": {
      const name = basename(full);
      const names = siblings(full);
      if (names.includes(name)) return "it is a link to a file that is not there";
      const close = nearest(name, names);
      const hint = close === undefined ? "" : `; did you mean \`${close}\`?`;
      return `there is no such file${hint}`;
    }
    case "EISDIR":
      return "it is a folder";
    case "EACCES":
    case "EPERM":
      return "its permissions do not allow it";
    case "ENOSPC":
      return "the disk is full";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

function siblings(full: string): readonly string[] {
  try {
    return readdirSync(dirname(full));
  } catch {
    return [];
  }
}

export function decode(name: string, bytes: Uint8Array): Source | Problem {
  try {
    return { name, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    const isUtf16 =
      (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    const reason = isUtf16
      ? "it is text in UTF-16, as PowerShell's `>` writes it: save it as UTF-8"
      : "it is not text in UTF-8";
    return foreignFile(bytes, name, "program") ?? problem("CNN5001", { path: name, reason });
  }
}

export function pathOf(path: string, { cwd }: WorkingFolder): string {
  return resolvePath(cwd, path);
}
