/** "Did you mean": the known name that a mistyped one is closest to. */

/** More names stand in no scope that a person wrote; each costs time for each mistyped name. */
const MOST_CANDIDATES = 500;

/**
 * The candidate with the smallest edit distance (transposed neighbours count one), if that is
 * at most a third of the name's length, and at least one letter is right; otherwise undefined.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.min(name.length, Math.max(1, Math.floor(name.length / 3)) + 1);
  let left = MOST_CANDIDATES;
  for (const candidate of candidates) {
    if (left-- === 0) break;
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/**
 * Optimal string alignment distance, or `limit` where it is not below. Only what lies less than
 * `limit` beside the diagonal of the table can be part of a smaller distance.
 */
function editDistance(a: string, b: string, limit: number): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 2 }, (_, j) => j);
  let leastOfLast = 0;
  for (let i = 1; i <= a.length; i++) {
    const from = Math.max(1, i - limit + 1);
    const to = Math.min(b.length, i + limit - 1);
    const row: number[] = [];
    row[from - 1] = from === 1 ? i : limit;
    let least = row[from - 1];
    for (let j = from; j <= to; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let distance = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        distance = Math.min(distance, (beforeLast[j - 2] ?? limit) + 1);
      }
      row[j] = distance;
      least = Math.min(least, distance);
    }
    row[to + 1] = limit;
    if (least >= limit && leastOfLast >= limit) return limit;
    [beforeLast, last, leastOfLast] = [last, row, least];
  }
  return Math.min(limit, last[b.length] ?? limit);
}
