/** A module with its memory: what runs, whether it was compiled just now or loaded from a file. */
import type { SharedWork, Team } from "./team.ts";

export interface ModuleInstance {
  readonly memory: WebAssembly.Memory;
  run(): void;
  /** Frees the threads; the memory goes when nothing holds it any more. */
  close(): void;
  readonly exports: Readonly<Record<string, unknown>>;
}

export interface InstanceNeeds {
  readonly pages: number;
  /** Address of the flags of modules with threads, in bytes. */
  readonly flags: number;
}

/**
 * @param team absent for a module made for one thread
 * @throws RangeError where the machine has no room for the memory
 */
export function openModule(
  module: WebAssembly.Module,
  { pages, flags }: InstanceNeeds,
  team?: Team,
): ModuleInstance {
  if (team === undefined) {
    const { exports } = new WebAssembly.Instance(module);
    const { memory } = exports;
    if (!(memory instanceof WebAssembly.Memory)) throw new TypeError("the module has no memory");
    return { memory, run: functionOf(exports, "run"), close: () => undefined, exports };
  }
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const [run, barrier] = [functionOf(exports, "run"), functionOf(exports, "barrier")];
  const work: SharedWork = { module, memory, flags, meet: () => barrier(0) };
  return {
    memory,
    run: () => {
      team.gather(work);
      run();
    },
    close: () => team.leave(work),
    exports,
  };
}

/** An exported function, which takes and gives numbers. */
export function functionOf(
  exports: Readonly<Record<string, unknown>>,
  name = "",
): (...values: readonly number[]) => void {
  const found = exports[name];
  if (typeof found !== "function") throw new TypeError(`the module has no function ${name}`);
  return (...values) => void Reflect.apply(found, undefined, values);
}
