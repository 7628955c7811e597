/**
 * One line of a source as a terminal shows it: tabs become spaces, unseen characters are
 * made visible, and a line that is too long is cut around the place that matters. Knows
 * the display column of every offset, so that marks stand under what they mean.
 */
import { visible, widthOf } from "./width.ts";

export interface ShownLine {
  readonly text: string;
  /** The display column, from 0, of an offset in the line; the nearest shown one if cut off. */
  columnOf(offset: number): number;
}

const TAB = 4;
const CUT = "…";
/** Offsets looked at for each column shown, so that a line of megabytes is not walked whole. */
const REACH = 8;

/** @param focus offsets in the line that should be seen; @param width columns there are */
export function showLine(
  line: string,
  focus: readonly [start: number, end: number],
  width: number,
): ShownLine {
  const from = Math.max(0, focus[0] - width * REACH);
  const characters = charactersOf(line, from, focus[0] + width * REACH);
  const [first, last] = windowOf(characters, line.length, focus, width);
  const cutBefore = first > 0 || from > 0;
  const shown = characters.slice(first, last);
  const cutAfter = endOf(characters.slice(0, last), from) < line.length;
  const start = (shown[0]?.column ?? 0) - (cutBefore ? 1 : 0);
  const text = (cutBefore ? CUT : "") + shown.map((c) => c.shown).join("") + (cutAfter ? CUT : "");
  const right = shown.length === 0 ? 0 : endColumn(shown) - start;
  return {
    text,
    columnOf: (offset) => {
      if (shown.length > 0 && offset < shown[0].offset) return 0;
      const at = shown.findLast((character) => character.offset <= offset);
      if (at === undefined || offset >= at.offset + at.length) return right;
      return at.column - start;
    },
  };
}

interface Character {
  readonly offset: number;
  /** UTF-16 units. */
  readonly length: number;
  readonly shown: string;
  readonly column: number;
  readonly width: number;
}

function charactersOf(line: string, from: number, to: number): readonly Character[] {
  const characters: Character[] = [];
  let column = 0;
  let offset = from;
  for (const character of line.slice(from, to)) {
    const width = character === "\t" ? TAB - (column % TAB) : widthOf(visible(character));
    const shown = character === "\t" ? " ".repeat(width) : visible(character);
    characters.push({ offset, length: character.length, shown, column, width });
    column += width;
    offset += character.length;
  }
  return characters;
}

/** Indices of the first character shown and of the one after the last. */
function windowOf(
  characters: readonly Character[],
  length: number,
  [start, end]: readonly [number, number],
  width: number,
): readonly [number, number] {
  const whole = characters.at(0)?.offset === 0 || length === 0;
  const complete = endOf(characters, 0) >= length;
  if (whole && complete && endColumn(characters) <= width) return [0, characters.length];
  const columnAt = (offset: number): number =>
    (characters.find((c) => c.offset + c.length > offset) ?? characters.at(-1))?.column ?? 0;
  const [startColumn, stopColumn] = [columnAt(start), columnAt(Math.max(start, end - 1))];
  const margin = Math.max(0, width - 2 - Math.min(width - 2, stopColumn - startColumn + 1));
  const left = stopColumn < width - 2 && whole ? 0 : startColumn - Math.floor(margin / 2);
  const first = Math.max(
    0,
    characters.findIndex((c) => c.column >= left),
  );
  const limit = characters[first].column + width - 2;
  const last = characters.findIndex((c) => c.column + c.width > limit);
  return [first, last < 0 ? characters.length : last];
}

function endOf(characters: readonly Character[], otherwise: number): number {
  const last = characters.at(-1);
  return last === undefined ? otherwise : last.offset + last.length;
}

function endColumn(characters: readonly Character[]): number {
  const last = characters.at(-1);
  return last === undefined ? 0 : last.column + last.width;
}
