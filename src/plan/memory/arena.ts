/**
 * One arena for all tensors, those that users write and read too: offsets chosen at compile time, so that tensors
 * alive at the same time never share a byte and nothing is allocated while a model runs.
 */

/** Memory that is needed from one step of the plan to another, both included. */
export interface Lifetime {
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

export interface Arena {
  /** By the index of the lifetime, in bytes. */
  readonly offsets: readonly number[];
  /** The arena's size in bytes. */
  readonly bytes: number;
  /** What all tensors would take side by side. */
  readonly sumOfAll: number;
  /** The most that is alive at any one step: no arena can be smaller. */
  readonly lowerBound: number;
}

/** Cache lines, and whole vectors of every target. */
export const ALIGNMENT = 64;

/**
 * Places the largest tensors first, each into the smallest gap that holds it between those
 * alive at the same time. Greedy by size is within a few percent of the lower bound on
 * networks (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference",
 * 2020).
 */
export function planArena(lifetimes: readonly Lifetime[]): Arena {
  const sizes = lifetimes.map(({ bytes }) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
  const order = lifetimes.map((_, i) => i);
  order.sort((a, b) => sizes[b] - sizes[a] || lifetimes[a].first - lifetimes[b].first);
  const offsets: number[] = lifetimes.map(() => 0);
  const placed: number[] = [];
  for (const index of order) {
    const neighbours = placed
      .filter((other) => overlap(lifetimes[index], lifetimes[other]))
      .sort((a, b) => offsets[a] - offsets[b]);
    const taken = neighbours.map((i) => ({ from: offsets[i], to: offsets[i] + sizes[i] }));
    offsets[index] = smallestGap(taken, sizes[index]);
    placed.push(index);
  }
  return {
    offsets,
    bytes: offsets.reduce((end, offset, i) => Math.max(end, offset + sizes[i]), 0),
    sumOfAll: sizes.reduce((sum, size) => sum + size, 0),
    lowerBound: mostAlive(lifetimes, sizes),
  };
}

function overlap(a: Lifetime, b: Lifetime): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** The start of the smallest gap between the taken ranges (by start), or their end. */
function smallestGap(
  taken: readonly { readonly from: number; readonly to: number }[],
  size: number,
): number {
  let best: { offset: number; size: number } | undefined;
  let end = 0;
  for (const { from, to } of taken) {
    const gap = from - end;
    if (gap >= size && (best === undefined || gap < best.size)) best = { offset: end, size: gap };
    end = Math.max(end, to);
  }
  return best?.offset ?? end;
}

function mostAlive(lifetimes: readonly Lifetime[], sizes: readonly number[]): number {
  const changes = new Map<number, number>();
  const note = (step: number, bytes: number): void => {
    changes.set(step, (changes.get(step) ?? 0) + bytes);
  };
  lifetimes.forEach(({ first, last }, i) => {
    note(first, sizes[i]);
    note(last + 1, -sizes[i]);
  });
  let [alive, most] = [0, 0];
  for (const [, change] of [...changes].sort(([a], [b]) => a - b)) {
    alive += change;
    most = Math.max(most, alive);
  }
  return most;
}
