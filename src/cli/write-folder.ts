/** Writes several files into a folder: all of them or none, whatever happens on the way. */
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { pathOf, reasonOf } from "../files/read.ts";
import { type Io, UsageError } from "./io.ts";

export interface NamedFile {
  readonly name: string;
  /** In parts where it may be larger than one array can be. */
  readonly content: string | Uint8Array | readonly Uint8Array[];
}

/**
 * Makes the folder where it is missing. Files are written beside their places first and then
 * renamed, so that a reader finds the old file or the new one.
 * @param stale files of an earlier writing, removed where they are not written again
 * @throws UsageError where something cannot be written; the folder is then as it was before
 */
export function writeFolder(
  folder: string,
  files: readonly NamedFile[],
  stale: readonly string[],
  io: Io,
): void {
  const full = pathOf(folder, io);
  const undo: (() => void)[] = [];
  let at = folder;
  try {
    makeFolder(full, undo);
    const draft = mkdtempSync(join(full, ".cnn-"));
    undo.push(() => rmSync(draft, { recursive: true, force: true }));
    for (const { name, content } of files) {
      at = join(folder, name);
      writeContent(join(draft, name), content);
    }
    for (const name of new Set([...stale, ...files.map((file) => file.name)])) {
      at = join(folder, name);
      const [target, old] = [join(full, name), join(draft, `old-${name}`)];
      if (!isFree(target)) {
        renameSync(target, old);
        undo.push(() => renameSync(old, target));
      }
      if (!files.some((file) => file.name === name)) continue;
      renameSync(join(draft, name), target);
      undo.push(() => rmSync(target));
    }
    rmSync(draft, { recursive: true, force: true });
  } catch (error) {
    for (const step of undo.toReversed()) attempt(step);
    if (error instanceof UsageError) throw error;
    throw new UsageError(`cannot write ${at}: ${reasonOf(error, pathOf(at, io))}`);
  }
}

/** What cannot be undone must not keep the rest from it, nor hide what went wrong first. */
function attempt(step: () => void): void {
  try {
    step();
  } catch {
    return;
  }
}

export function byteLengthOf(content: NamedFile["content"]): number {
  if (typeof content === "string") return Buffer.byteLength(content);
  if (content instanceof Uint8Array) return content.length;
  return content.reduce((bytes, part) => bytes + part.length, 0);
}

/** Systems write less than 2 GiB at once. */
const MOST_AT_ONCE = 2 ** 30;

function writeContent(path: string, content: NamedFile["content"]): void {
  if (typeof content === "string") {
    writeFileSync(path, content);
    return;
  }
  writeFileSync(path, "");
  for (const part of content instanceof Uint8Array ? [content] : content) {
    for (let at = 0; at < part.length; at += MOST_AT_ONCE) {
      appendFileSync(path, part.subarray(at, at + MOST_AT_ONCE));
    }
  }
}

/** One by one: Node's own recursion never ends where a file system has no room for folders (/proc). */
function makeFolder(full: string, undo: (() => void)[]): void {
  const missing: string[] = [];
  let path = full;
  for (; !existsSync(path); path = dirname(path)) missing.unshift(path);
  if (!statSync(path).isDirectory()) throw new UsageError(`${path} is a file, not a folder`);
  for (const folder of missing) {
    mkdirSync(folder);
    undo.push(() => rmdirSync(folder));
  }
}

/** Whether nothing is there. @throws UsageError where a folder stands in the way */
function isFree(target: string): boolean {
  const stats = lstatSync(target, { throwIfNoEntry: false });
  if (stats?.isDirectory() === true) throw new UsageError(`${target} is a folder`);
  return stats === undefined;
}
