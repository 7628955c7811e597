/**
 * Callers without types give texts for bytes and buffers for arrays. That is a mistake in a call, not
 * in a program, so it is thrown as JavaScript does, in words that say what to give instead.
 */

/** True of arrays of other realms too. */
function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && "BYTES_PER_ELEMENT" in value && value.BYTES_PER_ELEMENT === 1;
}

/** @throws TypeError where these are no bytes */
export function requireBytes(value: unknown, what: string): void {
  if (isBytes(value)) return;
  const way = value instanceof ArrayBuffer ? ", as `new Uint8Array(buffer)`" : "";
  throw new TypeError(`${what} are ${kindOf(value)}: give a Uint8Array${way}`);
}

/** @throws TypeError where this has no text and name */
export function requireSource(value: unknown): void {
  const isSource =
    typeof value === "object" &&
    value !== null &&
    "text" in value &&
    typeof value.text === "string" &&
    "name" in value &&
    typeof value.name === "string";
  if (!isSource)
    throw new TypeError(`the program is ${kindOf(value)}: give its text, or { name, text }`);
}

/** In words: `a text`, `an ArrayBuffer`. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "string") return "a text";
  if (typeof value !== "object") return `a ${typeof value}`;
  const name = Object.prototype.toString.call(value).slice("[object ".length, -1);
  return `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`;
}
