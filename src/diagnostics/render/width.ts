/**
 * How many columns text takes in a terminal, which is neither its number of UTF-16 units
 * nor of code points. Sources: Unicode UAX #11 (East Asian Width), Markus Kuhn's wcwidth.
 */

/** Marks that are drawn over the character before, and format characters. */
const ZERO = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const WIDE =
  /^[\u{1100}-\u{115F}\u{2E80}-\u{303E}\u{3041}-\u{A4CF}\u{A960}-\u{A97F}\u{AC00}-\u{D7A3}\u{F900}-\u{FAFF}\u{FE30}-\u{FE6F}\u{FF00}-\u{FF60}\u{FFE0}-\u{FFE6}\u{20000}-\u{3FFFD}\p{Emoji_Presentation}]$/u;

/** Columns of one code point. */
export function widthOf(character: string): number {
  if (character >= " " && character <= "~") return 1;
  if (ZERO.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += widthOf(character);
  return width;
}

/**
 * Control characters would move the cursor, and direction marks would show a program in
 * another order than it is read in; both become a sign that is seen.
 */
export function visible(text: string): string {
  return text
    .replaceAll(/\p{Cc}/gu, picture)
    .replaceAll(/[\u200E\u200F\u202A-\u202E\u2066-\u2069]/g, REPLACEMENT);
}

const REPLACEMENT = "\uFFFD";
/** Where Unicode's pictures of the first 32 control characters start. */
const PICTURES = 0x2400;

function picture(control: string): string {
  return control < " " ? String.fromCodePoint(PICTURES + control.charCodeAt(0)) : REPLACEMENT;
}
