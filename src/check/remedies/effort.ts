/**
 * How often a program may be checked again in search of remedies: small programs often, large
 * ones a few times, so that a check takes about twice as long with a mistake as without. It
 * counts work and not time, so that the same program always gets the same message.
 */

/** Expressions evaluated while remedies are sought. */
const WORK_FOR_REMEDIES = 100_000;
const MOST_ATTEMPTS = 100;

export class Effort {
  private left: number;

  /** @param work expressions that one check of the program evaluates */
  constructor(work: number) {
    this.left = Math.min(MOST_ATTEMPTS, Math.floor(WORK_FOR_REMEDIES / Math.max(1, work)));
  }

  get isSpent(): boolean {
    return this.left <= 0;
  }

  /** Takes one attempt, if any is left. */
  allowsAnother(): boolean {
    this.left--;
    return this.left >= 0;
  }
}
