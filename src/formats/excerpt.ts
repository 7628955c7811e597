/**
 * Names out of files go into messages, and a hostile file may name a tensor with a
 * megabyte of text or with the terminal's control characters.
 */

const LONGEST = 80;

/** The text with control characters made visible, cut where it is long. */
export function excerpt(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  // oxlint-disable-next-line no-control-regex -- these are what it is about
  return cut.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/g, "\ufffd");
}

export function excerptShape(shape: readonly number[]): string {
  const shown = shape.slice(0, 8).join(", ");
  return `[${shown}${shape.length > 8 ? ", …" : ""}]`;
}
