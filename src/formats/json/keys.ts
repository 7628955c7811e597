/**
 * Finds a key that a JSON object has twice. `JSON.parse` keeps the last one silently, and
 * two readers that disagree on which counts would load different weights from one file.
 */

/** The first repeated key of the outermost object of `json`, which must be valid JSON. */
export function duplicateKey(json: string): string | undefined {
  const seen = new Set<string>();
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
    else if (character === '"') {
      const end = endOfString(json, at);
      if (depth === 1 && json[endOfSpace(json, end)] === ":") {
        const key = String(JSON.parse(json.slice(at, end)));
        if (seen.has(key)) return key;
        seen.add(key);
      }
      at = end - 1;
    }
  }
  return undefined;
}

/** The offset behind the closing quote of the string that opens at `start`. */
function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at + 1;
}

function endOfSpace(json: string, start: number): number {
  let at = start;
  while (" \t\r\n".includes(json[at] ?? "end")) at++;
  return at;
}
