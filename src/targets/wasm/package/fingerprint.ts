/** A short text that differs where bytes differ: tells builds apart, and proves nothing. */
import { ID_LENGTH } from "./description.ts";

/**
 * Two FNV-1a hashes over words of 32 bits, with different primes.
 * http://www.isthe.com/chongo/tech/comp/fnv/
 * @returns `ID_LENGTH` hexadecimal digits
 */
export function fingerprint(parts: readonly Uint8Array[]): string {
  let [a, b] = [0x811c9dc5, 0x811c9dc5];
  const add = (word: number): void => {
    a = Math.imul(a ^ word, 0x01000193);
    b = Math.imul(b ^ word, 0x01000197) ^ (b >>> 15);
  };
  for (const part of parts) {
    add(part.length);
    const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
    const whole = part.length - (part.length % 4);
    for (let at = 0; at < whole; at += 4) add(view.getUint32(at, true));
    for (let at = whole; at < part.length; at++) add(part[at]);
  }
  return [a, b].map((hash) => (hash >>> 0).toString(16).padStart(ID_LENGTH / 2, "0")).join("");
}
