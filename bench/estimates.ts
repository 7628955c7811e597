/**
 * Estimated and measured times of every kernel of the examples, by class of kernel: what the
 * constants of estimates are fitted to. Prints a table; `docs/performance.md` keeps figures.
 *
 *     npx tsx bench/estimates.ts [example …]
 */
import { estimateSeconds, workOfStep } from "../src/plan/estimate.ts";
import { profileSteps } from "../src/runtime/profile.ts";
import { prepareWasm } from "../src/runtime/wasm-target.ts";
import { wasmMachine } from "../src/targets/wasm/machine.ts";
import { exampleModels, workOf } from "./models.ts";

interface Sum {
  steps: number;
  estimated: number;
  measured: number;
  bytes: number;
}

const machine = wasmMachine({ relaxedSimd: true, threads: 1 });
const classes = new Map<string, Sum>();
const wanted = process.argv.slice(2);

/** Examples whose layers the networks of the comparison do not have. */
const others = [
  { file: "densenet", sizes: { H: 224, W: 224 } },
  { file: "googlenet", sizes: { H: 224, W: 224 } },
  { file: "unet", sizes: { H: 224, W: 224 } },
  { file: "stylegan-adain", sizes: {} },
].map((model) => ({ from: "example" as const, name: model.file, batches: [1], ...model }));

for (const model of [...exampleModels, ...others]) {
  if (wanted.length > 0 && !wanted.includes(model.file)) continue;
  const { graph, weights } = workOf(model, 1, 1);
  const net = prepareWasm(graph, weights, { steps: true });
  profileSteps(net).forEach(({ minimum }, at) => {
    const step = net.plan.steps[at];
    const sum = classes.get(classOf(step.kernel.name)) ?? {
      steps: 0,
      estimated: 0,
      measured: 0,
      bytes: 0,
    };
    sum.steps++;
    sum.estimated += estimateSeconds(step, net.plan.buffers, machine);
    sum.measured += minimum;
    sum.bytes += workOfStep(step, net.plan.buffers, machine).bytes;
    classes.set(classOf(step.kernel.name), sum);
  });
}

/** Without tile sizes: `direct` of `direct 6x8`. */
function classOf(kernel: string): string {
  return kernel.replace(/ \d+x\d+.*/, "");
}

function micro(seconds: number): string {
  return `${(1e6 * seconds).toFixed(0)} µs`;
}

console.log("kernel                    steps  estimated   measured  estimated/measured   GB/s");
for (const [name, { steps, estimated, measured, bytes }] of [...classes].sort(
  ([, a], [, b]) => b.measured - a.measured,
)) {
  console.log(
    name.padEnd(24),
    String(steps).padStart(6),
    micro(estimated).padStart(10),
    micro(measured).padStart(10),
    (estimated / measured).toFixed(2).padStart(12),
    (bytes / measured / 1e9).toFixed(1).padStart(14),
  );
}
