/**
 * The barrier at which the threads of a module meet: nobody goes on before all have come. The
 * last one to come starts the next generation; the others watch its number, first in a loop,
 * since the next kernel is microseconds away, then asleep.
 */
import { Assembler, type Local } from "./assembler.ts";
import { type Control, FIRST_MAY_SLEEP } from "./control.ts";

/** Rounds of watching before a thread goes to sleep: some tens of microseconds. */
const ROUNDS = 20_000;

/** A function of the thread's number, which returns when all threads have called it. */
export function printBarrier(control: Control, threads: number): Assembler {
  const out = new Assembler({ takes: ["i32"], gives: [] });
  const [thread] = out.parameters;
  const [generation, ignored] = [out.local("i32"), out.local("i32")];
  loadWord(out, control.generation);
  out.set(generation);
  add(out, control.arrived, 1);
  out.i32(threads - 1);
  out.op("i32.eq");
  const last = out.local("i32");
  out.tee(last);
  out.when(() => startNext(out, control, ignored));
  out.get(last);
  out.op("i32.eqz");
  out.when(() => {
    watch(out, control, generation);
    sleep(out, { control, thread, generation, ignored });
  });
  return out;
}

function startNext(out: Assembler, control: Control, ignored: Local): void {
  out.i32(0);
  out.i32(0);
  out.memory("i32.atomic.store", control.arrived);
  add(out, control.generation, 1);
  out.set(ignored);
  // Who counts itself as a sleeper after this has seen the new generation before it sleeps.
  loadWord(out, control.sleepers);
  out.when(() => {
    out.i32(0);
    out.i32(-1);
    out.memory("memory.atomic.notify", control.generation);
    out.set(ignored);
  });
}

/** Loops while the generation stays, for some time. */
function watch(out: Assembler, control: Control, generation: Local): void {
  const rounds = out.local("i32");
  out.i32(ROUNDS);
  out.set(rounds);
  out.repeatWhile(() => {
    out.get(rounds);
    out.i32(1);
    out.op("i32.sub");
    out.tee(rounds);
    out.i32(0);
    out.op("i32.ne");
    stays(out, control, generation);
    out.op("i32.mul");
  });
}

interface Sleep {
  readonly control: Control;
  readonly thread: Local;
  readonly generation: Local;
  readonly ignored: Local;
}

/** Sleeps while the generation stays. A page's main thread must not sleep and goes on watching. */
function sleep(out: Assembler, { control, thread, generation, ignored }: Sleep): void {
  stays(out, control, generation);
  out.when(() => {
    const maySleep = out.local("i32");
    out.get(thread);
    loadWord(out, control.flags);
    out.i32(FIRST_MAY_SLEEP);
    out.op("i32.and");
    out.op("i32.or");
    out.set(maySleep);
    add(out, control.sleepers, 1);
    out.set(ignored);
    out.repeatWhile(() => {
      out.get(maySleep);
      out.when(() => {
        out.i32(0);
        out.get(generation);
        out.i64(-1);
        out.memory("memory.atomic.wait32", control.generation);
        out.set(ignored);
      });
      stays(out, control, generation);
    });
    add(out, control.sleepers, -1);
    out.set(ignored);
  });
}

function stays(out: Assembler, control: Control, generation: Local): void {
  loadWord(out, control.generation);
  out.get(generation);
  out.op("i32.eq");
}

/** Leaves what the word was before. */
function add(out: Assembler, word: number, amount: number): void {
  out.i32(0);
  out.i32(amount);
  out.memory("i32.atomic.rmw.add", word);
}

export function loadWord(out: Assembler, word: number): void {
  out.i32(0);
  out.memory("i32.atomic.load", word);
}
