/**
 * Reads parsed JSON of unknown content. Every function takes the path of its value and
 * throws `Mismatch` with it; `decode` turns that into a result, so that a reader is written
 * as if its input were right.
 */

export class Mismatch extends Error {
  readonly path: string;
  readonly reason: string;
  constructor(path: string, reason: string) {
    super(`${path}: ${reason}`);
    this.path = path;
    this.reason = reason;
  }
}

/** What `read` returns, or where and why the input does not fit. */
export function decode<T>(read: () => T): T | Mismatch {
  try {
    return read();
  } catch (error) {
    if (error instanceof Mismatch) return error;
    throw error;
  }
}

export type JsonObject = ReadonlyMap<string, unknown>;

export function objectAt(value: unknown, path: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Mismatch(path, "an object belongs here");
  }
  return new Map(Object.entries(value));
}

function listAt(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Mismatch(path, "a list belongs here");
  return value;
}

export function stringAt(value: unknown, path: string): string {
  if (typeof value !== "string") throw new Mismatch(path, "a text belongs here");
  return value;
}

/** A whole number of at least 0 that a double holds exactly. */
export function countAt(value: unknown, path: string): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw new Mismatch(path, "a whole number of at least 0 belongs here");
  }
  return value;
}

export function oneOfAt<const W extends string>(
  words: readonly W[],
  value: unknown,
  path: string,
): W {
  const word = words.find((candidate) => candidate === value);
  if (word === undefined) throw new Mismatch(path, `${words.join(" or ")} belongs here`);
  return word;
}

/** `read` applied to a list's items, each with its path. */
export function eachAt<T>(
  value: unknown,
  path: string,
  read: (item: unknown, path: string) => T,
): readonly T[] {
  return listAt(value, path).map((item, i) => read(item, `${path}[${i}]`));
}

/** `read` applied to a member, or undefined where it is absent. */
export function optionalAt<T>(
  object: JsonObject,
  name: string,
  path: string,
  read: (value: unknown, path: string) => T,
): T | undefined {
  return object.has(name) ? read(object.get(name), memberPath(path, name)) : undefined;
}

export function memberAt<T>(
  object: JsonObject,
  name: string,
  path: string,
  read: (value: unknown, path: string) => T,
): T {
  if (!object.has(name)) throw new Mismatch(path, `\`${name}\` is missing`);
  return read(object.get(name), memberPath(path, name));
}

function memberPath(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
