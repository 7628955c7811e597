/** What many numbers come to. */

export function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

export function productOf(numbers: readonly number[]): number {
  return numbers.reduce((product, number) => product * number, 1);
}

export function largestOf(numbers: readonly number[]): number {
  return numbers.reduce((largest, number) => Math.max(largest, number), -Infinity);
}

export function smallestOf(numbers: readonly number[]): number {
  return numbers.reduce((smallest, number) => Math.min(smallest, number), Infinity);
}
