/**
 * Equal steps in a row as `repeat n { … }`. Steps are compared as they are printed: each mention
 * of a layer has weights of its own, and automatic names count on over the rounds, so what reads
 * the same is the same. A labelled step is one of a kind.
 */
import type { Body, Code, Pipeline, Step } from "../code/code.ts";
import { mapPipelines } from "../code/map-code.ts";
import { printStep } from "../code/print-code.ts";

/** More steps than a round of one line has. */
const LONGEST_ROUND = 24;
/** ` -> `. */
const ARROW = 4;
/** What `repeat 2 { … }` costs, in characters. */
const OVERHEAD = 14;

export function withRepeats(body: Body): Body {
  return mapPipelines(body, (pipeline) => ({
    ...pipeline,
    steps: folded(pipeline.steps.map(withRepeatsInside)),
  }));
}

function withRepeatsInside(step: Step): Step {
  const { value } = step;
  if (value.kind !== "group") return step;
  const body = withRepeats(value.body);
  const { result } = body;
  // `layer1: { repeat 2 { A } }` is `layer1: repeat 2 { A }` if a round is one step.
  const only =
    result.kind === "pipeline" && result.steps.length === 1 ? result.steps[0] : undefined;
  return {
    ...step,
    value:
      only?.value.kind === "repeat" && isOneCall(only.value.body)
        ? only.value
        : { kind: "group", body },
  };
}

function isOneCall({ result }: Body): boolean {
  return (
    result.kind === "pipeline" && result.steps.length === 1 && result.steps[0].value.kind === "call"
  );
}

function folded(steps: readonly Step[]): readonly Step[] {
  const texts = steps.map(printStep);
  const result: Step[] = [];
  for (let at = 0; at < steps.length;) {
    const run = longestRun(steps, texts, at);
    if (run === undefined) {
      result.push(steps[at]);
      at++;
    } else {
      result.push(repetition(steps.slice(at, at + run.length), run.rounds));
      at += run.length * run.rounds;
    }
  }
  return result;
}

interface Run {
  /** Steps in a round. */
  readonly length: number;
  readonly rounds: number;
}

/** The equal rounds from `at` on that save most text. */
function longestRun(steps: readonly Step[], texts: readonly string[], at: number): Run | undefined {
  let best: Run | undefined;
  let saved = OVERHEAD;
  for (let length = 1; length <= LONGEST_ROUND && at + 2 * length <= steps.length; length++) {
    if (texts[at] !== texts[at + length]) continue;
    const rounds = roundsAt(steps, texts, at, length);
    if (rounds < 2 || !beginsRound(steps, texts, at, length, rounds)) continue;
    const size = texts.slice(at, at + length).join("").length + length * ARROW;
    // Uses of a block are counted even where that saves nothing.
    const gain = (rounds - 1) * size + (length === 1 && steps[at].role === "part" ? OVERHEAD : 0);
    if (gain <= saved) continue;
    saved = gain;
    best = { length, rounds };
  }
  return best;
}

function roundsAt(
  steps: readonly Step[],
  texts: readonly string[],
  from: number,
  length: number,
): number {
  let at = from;
  while (
    at < steps.length &&
    steps[at].label === undefined &&
    (at < from + length || texts[at] === texts[at - length])
  ) {
    at++;
  }
  return Math.floor((at - from) / length);
}

/** `relu -> conv -> relu -> conv -> relu` is `relu` and two rounds that begin with `conv`. */
function beginsRound(
  steps: readonly Step[],
  texts: readonly string[],
  at: number,
  length: number,
  rounds: number,
): boolean {
  if (steps[at].role !== "follower") return true;
  const first = steps.slice(at, at + length).findIndex(({ role }) => role !== "follower");
  return first < 0 || roundsAt(steps, texts, at + first, length) < rounds;
}

function repetition(round: readonly Step[], rounds: number): Step {
  const result: Pipeline = { kind: "pipeline", steps: folded(round) };
  const value: Code = { kind: "repeat", count: String(rounds), body: { lets: [], result } };
  return { value, stem: "", role: "part" };
}
