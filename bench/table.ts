/** Measured times as text. */
import type { Measured } from "./measure.ts";

/** One network on all runtimes. */
export function listing(rows: readonly Measured[]): string {
  const [own] = rows;
  const count = own.threads === 1 ? "1 thread" : `${own.threads} threads`;
  const lines = rows.map(({ runtime, min, median, difference }) => {
    const ratio = runtime === own.runtime ? "" : `${(min / own.min).toFixed(2)}× the time`;
    return [
      `  ${runtime}`.padEnd(20),
      `min ${milliseconds(min)}`,
      `median ${milliseconds(median)}`,
      ratio.padStart(16),
      `  difference ${difference.toExponential(1)}`,
    ].join("  ");
  });
  return [`\n${own.model}, batch ${own.batch}, ${count}`, ...lines].join("\n");
}

/** How far each runtime's output is from the first one's. */
export function differences([own, ...others]: readonly Measured[]): string {
  const each = others.map(({ runtime, difference }) => `${runtime} ${difference.toExponential(1)}`);
  return [`${own.model}: ${own.runtime} runs`, ...each].join(", ");
}

/**
 * All networks as a Markdown table: one runtime's time, and how many times as long each other one
 * takes; minima first, medians behind the slash.
 */
export function ratios(results: readonly Measured[], own: string): string {
  const others = [...new Set(results.map(({ runtime }) => runtime))].filter((r) => r !== own);
  const rows = results
    .filter(({ runtime }) => runtime === own)
    .map((row) => {
      const against = others.map((runtime) => {
        const other = results.find(
          (r) => r.runtime === runtime && r.model === row.model && r.batch === row.batch,
        );
        if (other === undefined) return "";
        return `${(other.min / row.min).toFixed(2)} / ${(other.median / row.median).toFixed(2)}`;
      });
      const time = `${milliseconds(row.min).trim()} / ${milliseconds(row.median).trim()}`;
      return [row.model, String(row.batch), time, ...against];
    });
  return markdown([["network", "batch", own, ...others], ...rows]);
}

function markdown([head, ...rows]: readonly (readonly string[])[]): string {
  const rule = head.map((_, i) => (i === 0 ? "---" : "---:"));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function milliseconds(value: number): string {
  return value < 1
    ? `${(value * 1000).toFixed(1).padStart(7)} µs`
    : `${value.toFixed(2).padStart(7)} ms`;
}
