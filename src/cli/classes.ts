/**
 * The likeliest classes of one row of a network's output. A network that ends with softmax
 * gives probabilities; of any other the numbers are logits, and their softmax is shown too.
 */

/** What a network's output numbers are. */
export type Scores = "logits" | "probabilities" | "log-probabilities";

export interface Likely {
  /** Position in the output, from 0. */
  readonly index: number;
  /** From the model's `@labels`; the index where there are none. */
  readonly label: string;
  /** As the network gave it. */
  readonly output: number;
  /** In 0..1. */
  readonly probability: number;
}

/** The `count` likeliest classes, the likeliest first. */
export function likeliest(
  row: ArrayLike<number>,
  scores: Scores,
  labels: readonly string[],
  count: number,
): readonly Likely[] {
  const outputs = Array.from(row);
  const probabilities = probabilitiesOf(outputs, scores);
  return outputs
    .map((output, index): Likely => ({
      index,
      label: labels.at(index) ?? String(index),
      output,
      probability: probabilities[index],
    }))
    .sort((a, b) => b.output - a.output)
    .slice(0, count);
}

function probabilitiesOf(outputs: readonly number[], scores: Scores): readonly number[] {
  switch (scores) {
    case "probabilities":
      return outputs;
    case "log-probabilities":
      return outputs.map(Math.exp);
    case "logits": {
      const largest = outputs.reduce((a, b) => Math.max(a, b), -Infinity);
      const powers = outputs.map((output) => Math.exp(output - largest));
      const sum = powers.reduce((a, b) => a + b, 0);
      return powers.map((power) => power / sum);
    }
    default:
      return scores satisfies never;
  }
}
