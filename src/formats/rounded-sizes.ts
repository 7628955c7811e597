/** Rounded sizes as people write them: `⌈H/4⌉` for `floor((H + 3) / 4)`. For people, not for programs. */

export function roundedSizes(shape: string): string {
  return shape
    .replaceAll(/floor\(\((\w+) \+ (\d+)\) \/ (\d+)\)/g, (_, size, added, divisor) =>
      Number(added) === Number(divisor) - 1
        ? `⌈${size}/${divisor}⌉`
        : `⌊(${size} + ${added})/${divisor}⌋`,
    )
    .replaceAll(/floor\((\w+) \/ (\d+)\)/g, "⌊$1/$2⌋");
}
