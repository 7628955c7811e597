/** Large numbers as people read them. `toLocaleString` takes 20 ms at its first call: it loads ICU's formats. */

/** `61,706`, of a whole number. */
export function withThousands(count: number): string {
  return String(BigInt(count)).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}
