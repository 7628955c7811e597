/**
 * Reads and writes NumPy's `.npz`: a zip file of `.npy` arrays. What the archive says that
 * it unpacks to is held against a limit first, so that a small hostile file cannot fill
 * the memory.
 */
import { unzipSync, zipSync } from "fflate";
import { type Problem, problem } from "../../diagnostics/diagnostic.ts";
import { excerpt } from "../excerpt.ts";
import { readNpy, writeNpy } from "./npy.ts";
import type { StoredArray } from "./stored-array.ts";

/** Real arrays shrink by far less, in bytes unpacked for each byte of the file. */
const HIGHEST_RATIO = 100;
/** Below this even a file of zeros is let through, in bytes. */
const ALWAYS_ALLOWED = 64 * 2 ** 20;
/** The smallest entry of a zip file's directory, in bytes. */
const DIRECTORY_ENTRY = 46;

/** Stops `unzipSync` before it unpacks an entry. */
class Refusal extends Error {
  readonly problem: Problem;
  constructor(reason: Problem) {
    super(reason.code);
    this.problem = reason;
  }
}

/** Whether it begins as a zip file does. */
export function isNpz(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b;
}

/** The arrays of a file by name (without `.npy`); `file` is its name in messages. */
export function readNpz(
  bytes: Uint8Array,
  file: string,
): ReadonlyMap<string, StoredArray> | Problem {
  const malformed = (reason: string): Problem =>
    problem("CNN5002", { file, format: "npz", reason });
  const members = unpack(bytes, file);
  if ("code" in members) return members;
  const arrays = new Map<string, StoredArray>();
  for (const [member, content] of members.entries) {
    if (!member.endsWith(".npy"))
      return malformed(`its part \`${excerpt(member)}\` is not an array`);
    const name = member.slice(0, -".npy".length);
    const array = readNpy(content, `${file}: ${excerpt(name)}`);
    if ("code" in array) return array;
    arrays.set(name, array);
  }
  return arrays;
}

/** Uncompressed, as `np.savez` writes it. */
export function writeNpz(arrays: ReadonlyMap<string, StoredArray>): Uint8Array {
  const members = [...arrays].map(([name, array]) => [`${name}.npy`, writeNpy(array)]);
  // A fixed date makes equal arrays equal files; 1980 is the zip format's first year.
  return zipSync(Object.fromEntries(members), { level: 0, mtime: new Date(1980, 0, 1) });
}

function unpack(
  bytes: Uint8Array,
  file: string,
): { readonly entries: readonly (readonly [string, Uint8Array])[] } | Problem {
  const limit = Math.max(ALWAYS_ALLOWED, bytes.length * HIGHEST_RATIO);
  const sizes = new Map<string, number>();
  let total = 0;
  let seen = 0;
  const refuse = (reason: string): never => {
    throw new Refusal(problem("CNN5002", { file, format: "npz", reason }));
  };
  try {
    const members = unzipSync(bytes, {
      filter: ({ name, size, originalSize }) => {
        if (++seen * DIRECTORY_ENTRY > bytes.length)
          refuse("its directory is longer than the file");
        if (sizes.has(name)) refuse(`it holds two arrays called \`${excerpt(name)}\``);
        sizes.set(name, originalSize);
        // Entries may overlap, so that the packed sizes can add up to more than the file, too.
        total += Math.max(size, originalSize);
        if (!(total <= limit)) {
          throw new Refusal(problem("CNN5004", { file, size: bytes.length, unpacked: total }));
        }
        return true;
      },
    });
    for (const [name, size] of sizes) {
      if (!Object.hasOwn(members, name) || members[name].length !== size) {
        return problem("CNN5002", {
          file,
          format: "npz",
          reason: `\`${excerpt(name)}\` is damaged`,
        });
      }
    }
    return { entries: Object.entries(members) };
  } catch (error) {
    if (error instanceof Refusal) return error.problem;
    return problem("CNN5002", { file, format: "npz", reason: "it is not a complete zip file" });
  }
}
