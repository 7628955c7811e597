/** `cnn check --fix`: carries out the fixes that diagnostics propose, until none is left. */
import type { Checked } from "../check/check.ts";
import type { Diagnostic, Edit } from "../diagnostics/diagnostic.ts";
import { applyEdits } from "../diagnostics/edits.ts";
import type { Source } from "../diagnostics/span.ts";

/** One fix can make room for the next; a fix that undoes another must not go on forever. */
const MOST_ROUNDS = 20;

export interface Mended {
  readonly source: Source;
  /** Of the mended program. */
  readonly checked: Checked;
  readonly fixes: number;
}

/** Changes only the file itself, not what it imports. */
export function mend(
  source: Source,
  checked: Checked,
  recheck: (source: Source) => Checked,
): Mended {
  let mended: Mended = { source, checked, fixes: 0 };
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { edits, count } = compatibleEdits(mended.checked.diagnostics, source.name);
    if (count === 0) break;
    const next = { name: source.name, text: applyEdits(mended.source.text, edits) };
    mended = { source: next, checked: recheck(next), fixes: mended.fixes + count };
  }
  return mended;
}

/** Fixes in their order, without those that touch the same place as one before. */
function compatibleEdits(
  diagnostics: readonly Diagnostic[],
  file: string,
): { readonly edits: readonly Edit[]; readonly count: number } {
  const edits: Edit[] = [];
  let count = 0;
  for (const { fix } of diagnostics) {
    if (fix === undefined || fix.edits.some(({ span }) => span.file !== file)) continue;
    if (fix.edits.some((edit) => edits.some((other) => touch(edit, other)))) continue;
    edits.push(...fix.edits);
    count++;
  }
  return { edits, count };
}

function touch({ span: a }: Edit, { span: b }: Edit): boolean {
  return a.start <= b.end && b.start <= a.end;
}
