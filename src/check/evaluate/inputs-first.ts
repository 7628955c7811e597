/**
 * `conv(3, 16, 3)` and `linear(400, 120)`: PyTorch's order of arguments, which begins with the
 * number of inputs. Here that number follows from what flows in, so that all others move by one
 * place: a kernel of 16 with a stride of 3. The call is reported, and read as it was meant.
 */
import { problem } from "../../diagnostics/diagnostic.ts";
import { isKnown, sameDim } from "../../graph/dim.ts";
import type { Argument, Call } from "../../syntax/ast.ts";
import { parameterCalled } from "../foreign.ts";
import type { Matched } from "./arguments.ts";
import type { Context } from "./context.ts";
import { headOf } from "./heads.ts";
import type { Signature } from "./signature.ts";
import type { TensorValue, Value } from "./values.ts";

const CONVOLUTIONS: ReadonlySet<string> = new Set(["conv", "conv_transpose"]);
/** The largest kernel that networks have, AlexNet's. */
const LARGEST_KERNEL = 11;

/** `linear(400, 120)` and `conv(3, 16, kernel: 3)`, where the arguments alone tell. */
export function withoutStatedInputs(
  kind: string,
  call: Call,
  signature: Signature,
  context: Context,
): Call {
  if (kind !== "linear" && !CONVOLUTIONS.has(kind)) return call;
  const ordered = call.arguments.filter(
    ({ name, value }) => name === undefined && headOf(value, context.scope) === "other",
  );
  if (ordered.length < 2) return call;
  const [first, second, third] = ordered
    .slice(0, 3)
    .map(({ value }) => intOf(context.evaluator.evaluate(value, context)));
  if (first === undefined || second === undefined) return call;
  if (kind !== "linear") {
    // The last of them takes the place of one that is given by name.
    const last = signature.parameters.at(ordered.length - 1)?.name;
    const given = call.arguments.flatMap(({ name }) => (name === undefined ? [] : [name.text]));
    if (!given.some((name) => (parameterCalled(name) ?? name) === last)) return call;
    const isMeant = ordered.length === 2 ? isCount(second) : isOrderOfPyTorch(kind, second, third);
    if (!isMeant) return call;
  }
  report(ordered[0], context);
  return { ...call, arguments: call.arguments.filter((argument) => argument !== ordered[0]) };
}

interface MatchedCall {
  readonly call: Call;
  readonly signature: Signature;
  readonly matched: Matched;
}

/** `conv(3, 16, 3)`, where the first number is that of the input's channels. */
export function withoutChannels(
  { call, signature, matched }: MatchedCall,
  kind: string,
  input: TensorValue,
  context: Context,
): Matched {
  if (!CONVOLUTIONS.has(kind)) return matched;
  const ordered = call.arguments.filter(({ name }) => name === undefined);
  const parameters = signature.parameters.filter(({ name }) =>
    ordered.some(({ span }) => span === matched.values.get(name)?.span),
  );
  const given = parameters.map(({ name }) => matched.values.get(name));
  const [out, kernel, stride] = given.slice(0, 3).map((one) => intOf(one?.value));
  const channels = input.type.shape.at(1);
  if (out === undefined || kernel === undefined || stride === undefined) return matched;
  if (channels === undefined || !sameDim(channels, out)) return matched;
  if (!isOrderOfPyTorch(kind, kernel, stride)) return matched;
  const inputs = ordered.find(({ span }) => span === given[0]?.span);
  if (inputs === undefined) return matched;
  report(inputs, context);
  const values = new Map(matched.values);
  parameters.forEach(({ name, accepts }, i) => {
    const next = given.at(i + 1);
    if (next !== undefined && accepts(next.value)) values.set(name, next);
    else values.delete(name);
  });
  return { ...matched, values };
}

/**
 * Whether a kernel and a stride would rather be a number of output channels and a kernel. Transposed
 * convolutions enlarge by even strides, with kernels of the same size or twice it: FCN's
 * `conv_transpose(21, 16, 8)`.
 */
function isOrderOfPyTorch(kind: string, kernel: number, stride: number | undefined): boolean {
  if (stride === undefined || stride === kernel) return false;
  if (kind === "conv_transpose") return isCount(kernel) && kernel !== 2 * stride;
  if (stride % 2 === 0) return false;
  return isCount(kernel) || (kernel % 2 === 0 && stride > 1);
}

/** Whether a number is rather one of channels than the size of a kernel. */
function isCount(size: number): boolean {
  return size > LARGEST_KERNEL || (size >= 6 && size % 2 === 0);
}

function intOf(value: Value | undefined): number | undefined {
  return value?.kind === "int" && isKnown(value.value) ? value.value : undefined;
}

function report(inputs: Argument, { elaboration }: Context): void {
  elaboration.report(problem("CNN3030", {}), inputs.span);
}
