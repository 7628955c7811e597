/** Texts as the language writes them. */

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\t": "\\t",
};

export function quote(content: string): string {
  const inner = content.replaceAll(
    /["\\\p{Cc}]/gu,
    (sign) => ESCAPES[sign] ?? `\\u{${sign.charCodeAt(0).toString(16)}}`,
  );
  return `"${inner}"`;
}
