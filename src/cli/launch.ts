#!/usr/bin/env node
/**
 * Starts the bundled program with the code that V8 compiled for the same command before. Node's
 * own compile cache holds what is compiled while a file is loaded; but V8 compiles a function when
 * it is first called, which took a fifth of the time of each `cnn check`. So the program is one
 * script, and the code of all functions that a command came to is kept at the end of its first
 * run that went well, in the folder of Node's cache.
 *
 * Kept code is of use to the V8 alone that made it; another version refuses it. V8 does not
 * compare it with the text of the script, whose name therefore holds a hash of it. So each version
 * of the program leaves its own behind, and who keeps code removes the oldest.
 */
import { readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire, enableCompileCache, getCompileCacheDir } from "node:module";
import { dirname, join } from "node:path";
import { Script } from "node:vm";
import { crc32 } from "node:zlib";

/** The script's name; it stands beside this file. Filled in by `bundle.ts`. */
declare const PROGRAM: string;

/** What the script is: the program, as a function. */
type Program = (require: NodeJS.Require, __dirname: string) => void;

/** Bytes of the checksum behind kept code. */
const CHECKSUM = 4;

/** Kept code of any version of the program, finished or not. */
const KEPT = /^program-\w+\.js-/;

/** Files of half a megabyte to two: all commands of two or three versions. */
const MOST_KEPT = 32;

const file = join(import.meta.dirname, PROGRAM);
const store = placeOfCode();
const cachedData = store === undefined ? undefined : keptCode(store);
const script = new Script(readFileSync(file, "latin1"), {
  filename: file,
  ...(cachedData !== undefined && { cachedData }),
});
const program: Program = script.runInThisContext();
program(createRequire(file), import.meta.dirname);
if (store !== undefined && (cachedData === undefined || script.cachedDataRejected === true)) {
  process.on("exit", (code) => {
    if (code === 0) keepCode(store);
  });
}

/** Absent where Node has no such folder: before 22.8, and where it is switched off. */
function placeOfCode(): string | undefined {
  enableCompileCache?.();
  const folder = getCompileCacheDir?.();
  const [command = "", ...rest] = process.argv.slice(2);
  if (folder === undefined || !/^(--)?[a-z]*$/.test(command)) return undefined;
  // Help calls few of the functions that the command itself calls.
  const help = rest.some((option) => option === "--help" || option === "-h") ? "-help" : "";
  return join(folder, `${PROGRAM}-${command}${help}`);
}

/** V8 would run damaged code, so it is compared with its checksum. */
function keptCode(path: string): Uint8Array | undefined {
  try {
    const content = readFileSync(path);
    const code = content.subarray(0, -CHECKSUM);
    return content.readUInt32LE(code.length) === crc32(code) ? code : undefined;
  } catch {
    return undefined;
  }
}

/** Renamed when it is whole, as another start may read it meanwhile. */
function keepCode(path: string): void {
  const unfinished = `${path}-${process.pid}`;
  try {
    const code = script.createCachedData();
    const checksum = Buffer.alloc(CHECKSUM);
    checksum.writeUInt32LE(crc32(code));
    writeFileSync(unfinished, Buffer.concat([code, checksum]));
    renameSync(unfinished, path);
    removeOldest(dirname(path));
  } catch {
    // The next start will not be faster, or more lies there than need be.
  }
}

/** What another start has just begun to write is among the newest. */
function removeOldest(folder: string): void {
  const kept = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && KEPT.test(entry.name))
    .map(({ name }) => join(folder, name))
    .map((path) => ({ path, time: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.time - a.time);
  for (const { path } of kept.slice(MOST_KEPT)) rmSync(path, { force: true });
}
