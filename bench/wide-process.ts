/** The process of `wide-cnn-lang.ts`: runs one network when it is asked to, and answers. */
import { joinVectorPairs } from "../src/runtime/wide-vectors.ts";
import { runHere } from "./cnn-lang.ts";
import { timesHere } from "./measure.ts";
import { modelNamed, workOf } from "./models.ts";
import type { Turn } from "./peer.ts";

export type Request = { readonly turn: Turn } | "output";

export type Answer =
  | { readonly ready: true }
  /** Why the engine has no wide vectors. */
  | { readonly narrow: string }
  /** Milliseconds of each run of a turn. */
  | { readonly times: readonly number[] }
  | { readonly output: Float32Array };

const answer = (message: Answer): void => void process.send?.(message);

const narrow = joinVectorPairs();
if (narrow === undefined) {
  const [model, batch, threads] = process.argv.slice(2);
  const runner = await runHere(workOf(modelNamed(model), Number(batch), Number(threads)), true);
  process.on("message", async (request: Request) => {
    if (request === "output") answer({ output: Float32Array.from(await runner.output()) });
    else answer({ times: await timesHere(runner, request.turn) });
  });
  process.on("disconnect", () => runner.release());
  answer({ ready: true });
} else {
  answer({ narrow });
  process.disconnect?.();
}
