/**
 * Text to syntax tree, in stages that each make the next one's work easier: tokens; single
 * tokens mended; brackets mended and paired; the grammar, with holes where it does not fit; the tree.
 */
import { type Diagnostic, problem } from "../diagnostics/diagnostic.ts";
import { place } from "../diagnostics/place.ts";
import type { Source } from "../diagnostics/span.ts";
import type { Name, Program } from "./ast.ts";
import { balance } from "./brackets.ts";
import { Comments } from "./build/comments.ts";
import { namesOf } from "./build/context.ts";
import { item } from "./build/items.ts";
import { Findings } from "./findings.ts";
import { mendMethods } from "./foreign/methods.ts";
import { leaveOutPython } from "./foreign/python.ts";
import { mendRanges } from "./foreign/ranges.ts";
import { mendSequences } from "./foreign/sequences.ts";
import { nameOpenSizes } from "./foreign/sizes.ts";
import { parseTokens } from "./recover.ts";
import { scan } from "./scan.ts";
import { mendSlips } from "./slips.ts";
import { mendBrackets } from "./wrong-brackets.ts";

export interface Parsed {
  /** Always a tree: parts that could not be read are left out or `missing`. */
  readonly program: Program;
  /** In source order. */
  readonly diagnostics: readonly Diagnostic[];
  /** Names that the file declares in items that could not be read, so that using one is no error. */
  readonly unread: readonly Name[];
}

/** In this order: each leaves less for the next. */
const MENDERS = [
  leaveOutPython,
  nameOpenSizes,
  mendSlips,
  mendRanges,
  mendSequences,
  mendMethods,
  mendBrackets,
];

const MEBIBYTE = 2 ** 20;
const LARGEST_SOURCE = 4 * MEBIBYTE;

/** Reads a program. Never throws on a wrong one; takes time in proportion to its length. */
export function parse({ name: file, text }: Source): Parsed {
  if (text.length > LARGEST_SOURCE) return refuse(file, text.length);
  const findings = new Findings(file);
  const { tokens, comments: commentTokens } = scan(text);
  const mended = MENDERS.reduce((read, mend) => mend(read, text, findings), tokens);
  const balanced = balance(mended, text, findings);
  const { items, unread } = parseTokens(balanced, text, findings);
  const context = { file, text, findings };
  const comments = new Comments(context, commentTokens);
  const program: Program = {
    kind: "program",
    items: items.map((node) => item(context, node, comments)).filter((made) => made !== undefined),
    comments: comments.rest,
    span: { file, start: 0, end: text.length },
  };
  return { program, diagnostics: findings.diagnostics, unread: namesOf(context, unread) };
}

/** Sizes are in UTF-16 units, which for programs are bytes. */
function refuse(file: string, size: number): Parsed {
  const mebibytes = (size / MEBIBYTE).toFixed(1);
  const what = problem("CNN1090", { mebibytes, limit: LARGEST_SOURCE / MEBIBYTE });
  const start = { file, start: 0, end: 0 };
  return {
    program: { kind: "program", items: [], comments: [], span: start },
    diagnostics: [place(what, start)],
    unread: [],
  };
}
