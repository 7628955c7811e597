/**
 * Reads a file of the package piece by piece, wherever it lies, straight into the memory that it
 * is for: weights are never held twice.
 */

import { kindOf } from "../../diagnostics/untyped.ts";

/** Where a file is: what `open` of a packaged model takes. */
export type FilePlace = string | { readonly href: string } | ArrayBuffer | Uint8Array | Response;

export interface ByteSource {
  /** Fills all of `into` with the next bytes. @throws Error where there are no more */
  read(into: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export interface ExpectedFile {
  /** For messages: `model.wasm`. */
  readonly name: string;
  readonly bytes: number;
}

/** @throws Error in plain words where the file cannot be had */
export async function openSource(place: FilePlace, file: ExpectedFile): Promise<ByteSource> {
  if (ArrayBuffer.isView(place)) {
    return fromBytes(new Uint8Array(place.buffer, place.byteOffset, place.byteLength), file);
  }
  if (isBuffer(place)) return fromBytes(new Uint8Array(place), file);
  if (typeof place === "object" && "body" in place) return fromResponse(place, file);
  const url: unknown = typeof place === "string" ? place : place.href;
  if (typeof url !== "string") {
    throw new TypeError(`${file.name} is ${kindOf(place)}: give a URL, its bytes or a Response`);
  }
  const fileSystem = globalThis.process?.getBuiltinModule?.("node:fs/promises");
  const isRemote = /^(?!file:)[a-z][a-z+.-]+:/i.test(url);
  if (fileSystem === undefined || isRemote) return fromResponse(await request(url, file), file);
  try {
    const handle = await fileSystem.open(url.startsWith("file:") ? new URL(url) : url);
    return fromChunks(file, {
      next: async (into) => (await handle.read(into)).bytesRead,
      close: () => handle.close(),
    });
  } catch (error) {
    throw new Error(`${file.name} cannot be opened: ${messageOf(error)}`, { cause: error });
  }
}

/** True of buffers of other realms too. */
function isBuffer(place: unknown): place is ArrayBuffer {
  return Object.prototype.toString.call(place) === "[object ArrayBuffer]";
}

async function request(url: string, { name }: ExpectedFile): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (error) {
    throw new Error(`${name} cannot be fetched from ${url}: ${messageOf(error)}`, { cause: error });
  }
  if (response.ok) return response;
  await response.body?.cancel();
  const answer = `${response.status} ${response.statusText}`.trim();
  throw new Error(`${name} cannot be fetched from ${url}: the server answered ${answer}`);
}

function fromResponse({ body }: Response, file: ExpectedFile): ByteSource {
  if (body === null) throw new Error(`${file.name} came without content`);
  const reader = body.getReader();
  let rest = new Uint8Array();
  return fromChunks(file, {
    next: async (into) => {
      while (rest.length === 0) {
        const { value, done } = await reader.read();
        if (done) return 0;
        rest = value;
      }
      const taken = rest.subarray(0, into.length);
      rest = rest.subarray(taken.length);
      into.set(taken);
      return taken.length;
    },
    // A stream that broke off has told the reader so before.
    close: () => reader.cancel().catch(() => undefined),
  });
}

function fromBytes(bytes: Uint8Array, file: ExpectedFile): ByteSource {
  let at = 0;
  return fromChunks(file, {
    next: async (into) => {
      const taken = bytes.subarray(at, at + into.length);
      at += taken.length;
      into.set(taken);
      return taken.length;
    },
    close: async () => undefined,
  });
}

interface Chunks {
  /** Writes at least one of the next bytes; their number, which is zero at the end. */
  next(into: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

function fromChunks({ name, bytes }: ExpectedFile, { next, close }: Chunks): ByteSource {
  let total = 0;
  return {
    read: async (into) => {
      let rest = into;
      while (rest.length > 0) {
        const count = await next(rest).catch((error: unknown) => {
          const after = `${total} of ${bytes} bytes`;
          throw new Error(`${name} broke off after ${after}: ${messageOf(error)}`, {
            cause: error,
          });
        });
        if (count === 0) throw new Error(`${name} is cut short: ${total} of ${bytes} bytes`);
        total += count;
        rest = rest.subarray(count);
      }
    },
    close,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
