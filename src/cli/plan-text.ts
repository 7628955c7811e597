/** The table of `cnn plan`. */
import type { JsonKernel, JsonMemory, JsonPlan } from "../formats/json/plan.ts";
import { formatBytes, formatCount } from "./numbers.ts";
import { type Column, table } from "./table.ts";

const COLUMNS: readonly Column[] = [
  { title: "layer" },
  { title: "computes" },
  { title: "by" },
  { title: "because" },
  { title: "MACs", align: "right" },
  { title: "bytes", align: "right" },
  { title: "estimated", align: "right" },
];

const MEASURED: readonly Column[] = [
  { title: "measured", align: "right" },
  { title: "GFLOP/s", align: "right" },
];

export function planText(plan: JsonPlan): string {
  const { name, kernels, totals, memory, machine } = plan;
  const measured = totals.measuredSeconds !== null;
  const columns = measured ? [...COLUMNS, ...MEASURED] : COLUMNS;
  const total = [
    "total",
    `${kernels.length} kernels`,
    "",
    "",
    formatCount(totals.macs),
    "",
    formatTime(totals.estimatedSeconds),
    ...(totals.measuredSeconds === null ? [] : timeCells(totals.measuredSeconds, totals.macs)),
  ];
  const threads = machine.threads === 1 ? "one thread" : `${machine.threads} threads`;
  const fma = machine.fma ? "fused multiply-add" : "separate multiply and add";
  return [
    `${name}(${portsText(plan.inputs)}) -> ${portsText(plan.outputs)}`,
    `WebAssembly SIMD${machine.vectorWidth > 4 ? " in pairs" : ""} with ${fma}, ${threads}`,
    "",
    ...table(columns, [...kernels.map(cellsOf), total]),
    "",
    ...memoryLines(memory),
    "",
  ].join("\n");
}

function portsText(ports: JsonPlan["inputs"]): string {
  return ports.map(({ name, shape }) => `${name}: [${shape.join(", ")}]`).join(", ");
}

function cellsOf(kernel: JsonKernel): readonly string[] {
  const { nodes, operation, algorithm, reason, macs, bytes, estimatedSeconds, measured } = kernel;
  const cells = [
    nodes.join(", "),
    operation,
    algorithm,
    reason,
    macs === 0 ? "" : formatCount(macs),
    formatBytes(bytes),
    formatTime(estimatedSeconds),
  ];
  return measured === null ? cells : [...cells, ...timeCells(measured.minimumSeconds, macs)];
}

function timeCells(seconds: number, macs: number): readonly string[] {
  const rate = macs === 0 || seconds === 0 ? "" : ((2 * macs) / seconds / 1e9).toFixed(1);
  return [formatTime(seconds), rate];
}

function memoryLines({
  arena,
  sumOfTensors,
  lowerBound,
  weights,
  inputs,
  outputs,
  code,
}: JsonMemory): readonly string[] {
  const rows = [
    [
      "arena",
      formatBytes(arena),
      `all tensors; side by side they take ${formatBytes(sumOfTensors)}, no arena can be below ${formatBytes(lowerBound)}`,
    ],
    ["weights", formatBytes(weights), "packed in the order in which the kernels read them"],
    ["inputs and outputs", formatBytes(inputs + outputs), "within the arena"],
    ["code", formatBytes(code), ""],
  ];
  return table([{ title: "memory" }, { title: "", align: "right" }, { title: "" }], rows);
}

/** `12.3 µs`. */
function formatTime(seconds: number): string {
  const [value, unit] =
    seconds < 1e-3 ? [seconds * 1e6, "µs"] : seconds < 1 ? [seconds * 1e3, "ms"] : [seconds, "s"];
  return `${value.toPrecision(value < 100 ? 3 : Math.ceil(Math.log10(value + 1)))} ${unit}`;
}
