/**
 * Nodes whose operands are all stored: weights in another order, or computed from others. Views
 * and transpositions are made here without looking at the numbers; for everything else the
 * node's own layers are run once by their definitions.
 */
import { layerOf } from "../../../analysis/table.ts";
import { Reporter } from "../../../check/reporter.ts";
import { InternalFault } from "../../../diagnostics/diagnostic.ts";
import { typesOf } from "../../../graph/access.ts";
import { isKnown } from "../../../graph/dim.ts";
import type { Graph } from "../../../graph/graph.ts";
import { type Tensor, sizeOf } from "../../../graph/tensor.ts";
import { tensorType } from "../../../graph/tensor-type.ts";
import { run } from "../../../runtime/reference.ts";
import { fromTensor, isFloat, toTensor } from "../../tensors/stored-array.ts";
import { permutedArray } from "./arrays.ts";
import { type CallParts, OpCall } from "./call.ts";
import { Emission } from "./emission.ts";
import type { OpHandler } from "./ops/handler.ts";
import { Refusal } from "./node-reader.ts";
import type { Constant, Operand } from "./operand.ts";

/** Layers are run by their definitions, which are slow: more numbers are left to the network. */
const MOST_NUMBERS = 2 ** 22;
const MOST_MACS = 2 ** 26;

/** A few numbers may be made into any many: what is computed, undefined where one layer makes too many. */
function workOf(graph: Graph): number | undefined {
  const numbers = graph.values.map(({ type: { shape } }) =>
    shape.every(isKnown) && sizeOf(shape) <= MOST_NUMBERS ? sizeOf(shape) : undefined,
  );
  const products = graph.nodes.map((node) => {
    const [inputs, outputs] = [typesOf(graph, node.inputs), typesOf(graph, node.outputs)];
    const { macs } = layerOf(node).cost(node.attributes, inputs, outputs);
    return isKnown(macs) && macs <= MOST_MACS ? macs : undefined;
  });
  return [...numbers, ...products].reduce(
    (sum, part) => (sum === undefined || part === undefined ? undefined : sum + part),
    0,
  );
}

/** Multiply-adds and numbers that one model may have computed while it is read. */
const MOST_WORK = 2 ** 24;

/** How much is still computed while a model is read: many small steps are much together. */
export class FoldBudget {
  private left: number;

  /** @param stored numbers of the file, of which each may be moved a few times */
  constructor(stored: number) {
    this.left = MOST_WORK + 4 * stored;
  }

  /** Takes the work off; false where it is more than is left. */
  takes(work: number): boolean {
    if (work > this.left) return false;
    this.left -= work;
    return true;
  }
}

/** The node's results as constants; undefined where it is left to the network. */
export function foldConstants(
  parts: Omit<CallParts, "emission" | "materialise">,
  handler: OpHandler,
  budget: FoldBudget,
): readonly (Operand | undefined)[] | undefined {
  const constants = parts.operands.filter((operand) => operand?.kind === "constant");
  const [first] = constants;
  if (first === undefined) return undefined;
  return viewed(parts, first, budget) ?? computed(parts, constants, handler, budget);
}

function viewed(
  { node, operands }: Pick<CallParts, "node" | "operands">,
  { array, name }: Constant,
  budget: FoldBudget,
): readonly Operand[] | undefined {
  const renamed = (constant: Constant): readonly Operand[] => [
    { ...constant, name: readableName(node.outputs[0], name) },
  ];
  if (node.op === "Identity" && operands.length === 1) {
    return renamed({ kind: "constant", array, name });
  }
  if (node.op !== "Transpose") return undefined;
  const perm = node.attributes.get("perm");
  const rank = array.shape.length;
  const order =
    perm?.kind === "ints" ? perm.value : Array.from({ length: rank }, (_, at) => rank - 1 - at);
  const valid = order.length === rank && order.every((_, axis) => order.includes(axis));
  return valid && budget.takes(sizeOf(array.shape))
    ? [{ kind: "constant", array: permutedArray(array, order), name }]
    : undefined;
}

/** A weight behind an Identity is called by whichever name says more. */
function readableName(output: string, input: string): string {
  return /^[A-Za-z_][\w.]*$/.test(output) ? output : input;
}

/** The layers of the node on inputs that are the constants. */
function computed(
  parts: Omit<CallParts, "emission" | "materialise">,
  constants: readonly Constant[],
  handler: OpHandler,
  budget: FoldBudget,
): readonly (Operand | undefined)[] | undefined {
  const numbers = constants.reduce((sum, { array }) => sum + sizeOf(array.shape), 0);
  if (numbers > MOST_NUMBERS) return undefined;
  const reporter = new Reporter();
  const emission = new Emission(reporter);
  const inputs = new Map<string, Tensor>();
  const { builder } = emission.elaboration;
  const flows = new Map<Constant, ReturnType<typeof builder.input>>();
  const materialise = (constant: Constant) => {
    const known = flows.get(constant);
    if (known !== undefined) return known;
    if (!isFloat(constant.array.dtype)) throw new Refusal();
    const name = `constant${flows.size}`;
    const value = builder.input(name, tensorType(constant.array.shape));
    flows.set(constant, value);
    inputs.set(name, toTensor(constant.array));
    return value;
  };
  // Inputs stand first in a graph, so all are made before the first layer is.
  const operands = parts.operands.map((operand): Operand | undefined => operand);
  try {
    for (const constant of constants) if (isFloat(constant.array.dtype)) materialise(constant);
    const call = new OpCall({ ...parts, operands, emission, materialise });
    handler.lower(call);
    const outputs = call.results.flatMap((result, at) =>
      result?.kind === "flow" && result.own !== undefined
        ? [{ name: String(at), value: result.own.id }]
        : [],
    );
    if (outputs.length !== call.results.filter((result) => result?.kind === "flow").length) {
      return undefined;
    }
    const graph = builder.finish("constants", outputs, {});
    const work = workOf(graph);
    if (work === undefined || !budget.takes(work)) return undefined;
    const weights = new Map([...emission.arrays].map(([name, array]) => [name, toTensor(array)]));
    const results = run(graph, weights, inputs).outputs;
    return call.results.map((result, at): Operand | undefined => {
      if (result?.kind !== "flow") return result;
      const tensor = results.get(String(at));
      if (tensor === undefined) throw new InternalFault("a folded constant was not computed");
      return { kind: "constant", array: fromTensor(tensor), name: parts.node.outputs[at] };
    });
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
