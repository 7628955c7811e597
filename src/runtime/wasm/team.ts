/**
 * The threads of a network. They stay in one module until another one is to run, since a thread
 * that watches for the next run answers in microseconds and a message takes far longer.
 */
import { FIRST_MAY_SLEEP, STOP } from "../../targets/wasm/control.ts";
import { type WorkerThread, startWorkers } from "./workers.ts";

/** A module with shared memory, as its threads need it. */
export interface SharedWork {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Address of the flags in bytes. */
  readonly flags: number;
  /** The first thread's way through the barrier. */
  meet(): void;
}

export class Team {
  /** Workers and the calling thread. */
  readonly threads: number;
  readonly #workers: readonly WorkerThread[];
  #current: SharedWork | undefined;
  #isClosed = false;

  private constructor(workers: readonly WorkerThread[]) {
    this.threads = workers.length + 1;
    this.#workers = workers;
  }

  /** Rejects where workers or shared memory are missing. */
  static async start(threads: number): Promise<Team> {
    return new Team(await startWorkers(threads - 1));
  }

  /**
   * Brings all workers to this module, where they wait for its next run.
   * @throws Error after `close`: the run would wait for them for ever
   */
  gather(work: SharedWork): void {
    if (this.#isClosed) throw new Error("the threads of this network were closed");
    if (this.#current === work) return;
    this.#sendHome();
    this.#current = work;
    Atomics.store(wordsOf(work), work.flags / 4, mayBlock() ? FIRST_MAY_SLEEP : 0);
    this.#workers.forEach((worker, i) => {
      worker.post({ module: work.module, memory: work.memory, thread: i + 1 });
    });
  }

  /** Before a module is forgotten. */
  leave(work: SharedWork): void {
    if (this.#current === work) this.#sendHome();
  }

  close(): void {
    this.#isClosed = true;
    this.#current = undefined;
    for (const worker of this.#workers) worker.terminate();
  }

  #sendHome(): void {
    const work = this.#current;
    if (work === undefined) return;
    Atomics.or(wordsOf(work), work.flags / 4, STOP);
    work.meet();
    this.#current = undefined;
  }
}

function wordsOf({ memory }: SharedWork): Int32Array {
  return new Int32Array(memory.buffer);
}

/** Whether this thread may sleep: the main thread of a page may not. */
function mayBlock(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return true;
  } catch {
    return false;
  }
}
