/**
 * Prints a plan as one WebAssembly module: every kernel a function (equal ones once), all
 * buffers at fixed addresses, and `run`, which calls the kernels in order. With threads the
 * memory is shared, `run` is for the first of them and the others wait in `work`. What is too
 * short to be shared out the first thread does by itself.
 */
import type { Kernel } from "../../kernels/ir/ir.ts";
import type { Plan, Step } from "../../plan/plan.ts";
import { Assembler } from "./assembler.ts";
import type { Bytes } from "./bytes.ts";
import { loadWord, printBarrier } from "./barrier.ts";
import { STOP, controlAt } from "./control.ts";
import { type MemoryLayout, layoutMemory } from "./memory-layout.ts";
import { type Callee, ModuleWriter } from "./module.ts";
import { type PrintOptions, printKernel } from "./print-kernel.ts";

export interface PlanModule extends MemoryLayout {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Names of the exported functions that expand weights. */
  readonly expansions: ReadonlyMap<Kernel, string>;
  /** The module in WebAssembly's text format. */
  text(): string;
}

export interface PlanModuleOptions {
  readonly relaxedFma: boolean;
  /** Threads that share the work of every kernel; as the machine of the plan has. */
  readonly threads?: number;
  /** Lanes of the kernels' vectors, as the machine of the plan has; 4 unless given. */
  readonly vectorWidth?: number;
  /** Also exports `step0`, `step1` and so on, to measure them one by one. */
  readonly steps?: boolean;
}

export function printPlan(
  plan: Plan,
  { relaxedFma, threads = 1, vectorWidth = 4, steps = false }: PlanModuleOptions,
): PlanModule {
  const layout = layoutMemory(plan, threads);
  const module = new ModuleWriter({ pages: layout.pages, shared: threads > 1 });
  const kernels = new KernelFunctions(module, layout.addresses, {
    relaxedFma,
    threads,
    vectorWidth,
  });
  if (threads === 1) {
    const run = new Assembler({ takes: [], gives: [] });
    for (const step of plan.steps) kernels.call(step, run);
    module.export("run", module.add(run, "run"));
  } else exportThreaded(plan, module, kernels, layout.control);
  const expansions = exportExpansions(plan, module, kernels);
  if (steps) exportSteps(plan, module, kernels);
  return { ...layout, expansions, bytes: module.finish(), text: () => module.text() };
}

class KernelFunctions {
  readonly #module: ModuleWriter;
  readonly #addresses: readonly number[];
  readonly #options: PrintOptions;
  readonly #printed: { readonly callee: Callee; readonly code: Bytes }[] = [];
  /** By kernel, for all threads and for one. */
  readonly #callees = new Map<Kernel, Callee>();
  readonly #alone = new Map<Kernel, Callee>();
  #barrier: Callee | undefined;

  constructor(module: ModuleWriter, addresses: readonly number[], options: PrintOptions) {
    this.#module = module;
    this.#addresses = addresses;
    this.#options = options;
  }

  /** Makes the barrier that kernels with several stages use too. */
  addBarrier(control: number): Callee {
    const body = printBarrier(controlAt(control), this.#options.threads);
    this.#barrier = this.#module.add(body, "barrier");
    return this.#barrier;
  }

  /** A call of the step's kernel; of a shared one the caller's first local is the thread's number. */
  call(step: Step, from: Assembler): void {
    const threads = step.shared ? this.#options.threads : 1;
    const callee = this.functionOf(step.kernel, threads);
    for (const { buffer, offset } of step.arguments) {
      from.i32(this.#addresses[buffer] + offset * 4);
    }
    if (threads > 1) from.get(from.parameters[0]);
    from.call(callee);
  }

  /** Equal kernels are one function. */
  functionOf(kernel: Kernel, threads = this.#options.threads): Callee {
    const callees = threads === 1 ? this.#alone : this.#callees;
    const same = callees.get(kernel);
    if (same !== undefined) return same;
    const barrier = this.#barrier;
    const body = printKernel(kernel, { ...this.#options, threads, ...(barrier && { barrier }) });
    const code = body.finish();
    const arity = body.parameters.length;
    const known = this.#printed.find(
      ({ callee, code: other }) => callee.type.takes.length === arity && other.equals(code),
    );
    const callee = known?.callee ?? this.#module.add(body, kernel.name);
    if (known === undefined) this.#printed.push({ callee, code });
    callees.set(kernel, callee);
    return callee;
  }
}

/**
 * All threads go through `steps` together, from the first step that is shared to the last. `run`
 * meets the workers at a barrier that they wait at, so that it also starts them; `work` returns once
 * it finds the flag `STOP` there.
 */
function exportThreaded(
  plan: Plan,
  module: ModuleWriter,
  kernels: KernelFunctions,
  control: number,
): void {
  const barrier = kernels.addBarrier(control);
  const first = plan.steps.findIndex(({ shared }) => shared);
  const end = plan.steps.findLastIndex(({ shared }) => shared) + 1;
  const together = first < 0 ? [] : plan.steps.slice(first, end);
  const steps = new Assembler({ takes: ["i32"], gives: [] });
  const [thread] = steps.parameters;
  for (const run of runsOf(together)) {
    if (run[0].shared) for (const step of run) kernels.call(step, steps);
    else {
      steps.get(thread);
      steps.op("i32.eqz");
      steps.when(() => run.forEach((step) => kernels.call(step, steps)));
    }
    steps.get(thread);
    steps.call(barrier);
  }
  const all = module.add(steps, "steps");

  const run = new Assembler({ takes: [], gives: [] });
  for (const step of plan.steps.slice(0, Math.max(first, 0))) kernels.call(step, run);
  for (const callee of together.length > 0 ? [barrier, all] : []) {
    run.i32(0);
    run.call(callee);
  }
  for (const step of plan.steps.slice(end)) kernels.call(step, run);
  module.export("run", module.add(run, "run"));

  const work = new Assembler({ takes: ["i32"], gives: [] });
  const going = work.local("i32");
  work.repeatWhile(() => {
    work.get(work.parameters[0]);
    work.call(barrier);
    loadWord(work, controlAt(control).flags);
    work.i32(STOP);
    work.op("i32.and");
    work.op("i32.eqz");
    work.tee(going);
    work.when(() => {
      work.get(work.parameters[0]);
      work.call(all);
    });
    work.get(going);
  });
  module.export("work", module.add(work, "work"));

  module.export("barrier", barrier);
}

function exportExpansions(
  { buffers }: Plan,
  module: ModuleWriter,
  kernels: KernelFunctions,
): ReadonlyMap<Kernel, string> {
  const names = new Map<Kernel, string>();
  const exported = new Map<Callee, string>();
  for (const buffer of buffers) {
    for (const { kernel } of "expansion" in buffer ? buffer.expansion : []) {
      if (names.has(kernel)) continue;
      const callee = kernels.functionOf(kernel, 1);
      const known = exported.get(callee);
      const name = known ?? `expand${exported.size}`;
      if (known === undefined) module.export(name, callee);
      exported.set(callee, name);
      names.set(kernel, name);
    }
  }
  return names;
}

/** Each step that is shared by itself; those in a row that are not, together. */
function runsOf(steps: readonly Step[]): readonly (readonly Step[])[] {
  const runs: Step[][] = [];
  for (const step of steps) {
    const last = runs.at(-1);
    if (last === undefined || step.shared || last[0].shared) runs.push([step]);
    else last.push(step);
  }
  return runs;
}

function exportSteps(plan: Plan, module: ModuleWriter, kernels: KernelFunctions): void {
  plan.steps.forEach((step, at) => {
    const one = new Assembler({ takes: [], gives: [] });
    kernels.call(step, one);
    module.export(`step${at}`, module.add(one, `step ${at}`));
  });
}
