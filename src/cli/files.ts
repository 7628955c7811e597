/** Reads what the command line names: programs, folders of programs, weights, images. */
import {
  type Stats,
  closeSync,
  fstatSync,
  openSync,
  readSync,
  readdirSync,
  statSync,
} from "node:fs";
import { basename, dirname, isAbsolute, join, normalize, resolve as resolvePath } from "node:path";
import { type Problem, problem } from "../diagnostics/diagnostic.ts";
import { nearest } from "../diagnostics/nearest.ts";
import type { Source } from "../diagnostics/span.ts";
import { type Io, UsageError } from "./io.ts";

/** Far more than the language accepts, so that its own message is given; in bytes. */
const LARGEST_PROGRAM = 64 * 2 ** 20;
/** What one array of bytes can hold on every engine. */
const LARGEST_FILE = 2 ** 31 - 1;

/** The name of a program that comes from standard input. */
export const STDIN = "<stdin>";

/** The files of operands in which folders stand for their `.cnn` files; `-` stays. */
export function programPaths(
  operands: readonly string[],
  command: string,
  io: Io,
): readonly string[] {
  if (operands.length === 0) {
    throw new UsageError("which file?", `for example \`cnn ${command} model.cnn\``);
  }
  if (operands.filter((path) => path === "-").length > 1) {
    throw new UsageError("standard input can be read only once");
  }
  const paths = operands.flatMap((path) => {
    if (path === "-" || !isFolder(path, io)) return [path];
    const found = programsIn(path, io);
    if (found.length === 0) throw new UsageError(`there is no .cnn file in ${path}`);
    return found;
  });
  return [...new Set(paths)];
}

/** Whether a path names an ONNX model. */
export function isOnnx(path: string): boolean {
  return path.endsWith(".onnx");
}

/** The one program that a command works on. */
export function onePath(operands: readonly string[], command: string, io: Io): string {
  const paths = programPaths(operands, command, io);
  if (paths.length > 1) {
    throw new UsageError(`\`cnn ${command}\` takes one file, not ${paths.length}`);
  }
  return paths[0];
}

/** Depth first by name, without hidden folders and installed packages. */
function programsIn(folder: string, io: Io): readonly string[] {
  const entries = readdirSync(pathOf(folder, io), { withFileTypes: true });
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        return /^\.|^node_modules$/.test(entry.name) ? [] : programsIn(path, io);
      }
      return entry.name.endsWith(".cnn") ? [path] : [];
    });
}

export async function readProgram(path: string, io: Io): Promise<Source | Problem> {
  if (path === "-") return decode(STDIN, await io.stdin());
  const bytes = readBytes(path, io, LARGEST_PROGRAM);
  return bytes instanceof Uint8Array ? decode(normalize(path), bytes) : bytes;
}

/** Finds imported files: beside the file that imports them. */
export function importsFrom(io: Io): (path: string, importer: string) => Source | undefined {
  return (path, importer) => {
    const name = besideProgram(path, importer);
    const bytes = readBytes(name, io, LARGEST_PROGRAM);
    const source = bytes instanceof Uint8Array ? decode(name, bytes) : bytes;
    return "code" in source ? undefined : source;
  };
}

/** The path of a file that a program names. */
export function besideProgram(path: string, program: string): string {
  const folder = program === STDIN ? "." : dirname(program);
  return normalize(isAbsolute(path) ? path : join(folder, path));
}

export function readBytes(path: string, io: Io, most = LARGEST_FILE): Uint8Array | Problem {
  const full = pathOf(path, io);
  const refuse = (reason: string): Problem => problem("CNN5001", { path, reason });
  let file: number | undefined;
  try {
    file = openSync(full, "r");
    const stats = fstatSync(file);
    if (stats.isDirectory()) return refuse("it is a folder");
    const bytes = readUpTo(file, stats, most + 1);
    return bytes.length <= most ? bytes : refuse(`it is larger than ${most} bytes`);
  } catch (error) {
    return refuse(reasonOf(error, full));
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** A device or pipe has no size of its own and may never end. */
function readUpTo(file: number, stats: Stats, limit: number): Uint8Array {
  const parts: Buffer[] = [];
  let total = 0;
  const expected = stats.isFile() ? stats.size + 1 : 2 ** 20;
  while (total < limit) {
    const part = Buffer.allocUnsafe(Math.min(expected, limit - total));
    const read = readSync(file, part);
    if (read === 0) break;
    parts.push(part.subarray(0, read));
    total += read;
  }
  return parts.length === 1 ? parts[0] : Buffer.concat(parts);
}

/** What the system says, in words. */
export function reasonOf(error: unknown, full: string): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  switch (code) {
    case "ENOENT":
    case "ENOTDIR": {
      const close = nearest(basename(full), siblings(full));
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

function decode(name: string, bytes: Uint8Array): Source | Problem {
  try {
    return { name, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return problem("CNN5001", { path: name, reason: "it is not text in UTF-8" });
  }
}

function isFolder(path: string, io: Io): boolean {
  return statSync(pathOf(path, io), { throwIfNoEntry: false })?.isDirectory() ?? false;
}

export function pathOf(path: string, io: Io): string {
  return resolvePath(io.cwd, path);
}
