/**
 * This project with vectors of 256 bits. V8 joins them for a whole process, and the other runtimes
 * in WebAssembly take another time then; so this contender has a process of its own, which works
 * in its turns only.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { OWN_WIDE } from "./cnn-lang.ts";
import type { Peer } from "./peer.ts";
import type { Answer, Request } from "./wide-process.ts";

const PROGRAM = fileURLToPath(new URL("wide-process.ts", import.meta.url));

/** Undefined where the engine does not join vectors. */
export const wideCnnLang: Peer = async ({ model, batch, threads }) => {
  const child = fork(PROGRAM, [model, String(batch), String(threads)], {
    serialization: "advanced",
  });
  const started = await answerOf(child);
  if ("narrow" in started) {
    console.log(`no ${OWN_WIDE}: ${started.narrow}`);
    return undefined;
  }
  const ask = (request: Request): Promise<Answer> => {
    child.send(request);
    return answerOf(child);
  };
  return {
    name: OWN_WIDE,
    turn: async (turn) => {
      const answer = await ask({ turn });
      return "times" in answer ? answer.times : unexpected(answer);
    },
    output: async () => {
      const answer = await ask("output");
      return "output" in answer ? answer.output : unexpected(answer);
    },
    release: () => {
      child.disconnect();
    },
  };
};

async function answerOf(child: ChildProcess): Promise<Answer> {
  const ended = new AbortController();
  const died = once(child, "exit", { signal: ended.signal }).then(([code]) => {
    throw new Error(`the process with wide vectors ended with ${code}`);
  });
  const [answer]: Answer[] = await Promise.race([once(child, "message"), died]);
  died.catch(() => {});
  ended.abort();
  return answer;
}

function unexpected(answer: Answer): never {
  throw new Error(`the process with wide vectors answers ${JSON.stringify(answer)}`);
}
