/**
 * What is used of web workers, for the same reason as in `src/targets/wasm/engine.d.ts`.
 * https://html.spec.whatwg.org/multipage/workers.html
 */
interface WebWorker {
  postMessage(message: unknown): void;
  terminate(): void;
  addEventListener(
    type: "message" | "error",
    listener: (event: { readonly message?: string }) => void,
  ): void;
}

/** Absent in Node, which has `node:worker_threads`. */
declare const Worker: (new (url: string) => WebWorker) | undefined;
