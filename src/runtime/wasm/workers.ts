/**
 * Threads for WebAssembly, the same for web workers (browsers, Deno, Bun) and Node's own. A
 * worker instantiates the modules that it is sent and goes to work in them.
 */

/** What a thread works on, until the module sends it home. */
export interface Job {
  readonly module: WebAssembly.Module;
  /** Shared. */
  readonly memory: WebAssembly.Memory;
  /** From 1 on; 0 is the thread that calls. */
  readonly thread: number;
}

export interface WorkerThread {
  post(job: Job): void;
  terminate(): void;
}

/** Runs in the worker: small, so that it is started from a text and needs no file of its own. */
const WORK =
  "const work = ({ module, memory, thread }) =>" +
  " new WebAssembly.Instance(module, { env: { memory } }).exports.work(thread);";

/** Resolves when all are running; rejects where the engine or the page's policy forbids them. */
export async function startWorkers(count: number): Promise<readonly WorkerThread[]> {
  const started = await Promise.allSettled(
    Array.from({ length: count }, () =>
      typeof Worker === "function" ? startWebWorker(Worker) : startNodeWorker(),
    ),
  );
  const workers = started.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const failed = started.find((one) => one.status === "rejected");
  if (failed === undefined) return workers;
  for (const worker of workers) worker.terminate();
  throw failed.reason;
}

async function startWebWorker(Worker: new (url: string) => WebWorker): Promise<WorkerThread> {
  // It answers a message instead of speaking first: what is posted before its first message has
  // arrived stays with the page's thread, which would wait for it in vain.
  const text = `${WORK} onmessage = ({ data }) => data ? work(data) : postMessage("ready");`;
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  try {
    const worker = new Worker(url);
    await new Promise<void>((resolve, reject) => {
      worker.addEventListener("message", () => resolve());
      worker.addEventListener("error", ({ message }) => {
        reject(new Error(message ?? "the worker did not start"));
      });
      worker.postMessage(undefined);
    });
    return { post: (job) => worker.postMessage(job), terminate: () => worker.terminate() };
  } finally {
    URL.revokeObjectURL(url);
  }
}

async function startNodeWorker(): Promise<WorkerThread> {
  const threads = globalThis.process?.getBuiltinModule?.("node:worker_threads");
  if (threads === undefined) throw new Error("there are no workers here");
  const text =
    `${WORK} const { parentPort } = require("node:worker_threads");` +
    ' parentPort.on("message", work); parentPort.postMessage("ready");';
  // Options of this process, such as loaders, are of no use to the worker and slow its start.
  const worker = new threads.Worker(text, { eval: true, execArgv: [] });
  await new Promise<void>((resolve, reject) => {
    worker.once("message", () => resolve());
    worker.once("error", reject);
  });
  // A waiting worker alone does not keep the program alive.
  worker.unref();
  return { post: (job) => worker.postMessage(job), terminate: () => void worker.terminate() };
}
