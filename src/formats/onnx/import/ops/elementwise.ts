/** Functions of one element: activations, elementary functions, limits. */
import type { Attributes } from "../../../../graph/attributes.ts";
import { isKnown } from "../../../../graph/dim.ts";
import { isByChannel } from "../by-channel.ts";
import type { OpCall } from "../call.ts";
import { type OpTable, op } from "./handler.ts";

/** A layer that does what the operator does, with its attributes. */
function same(kind: string, attributes: (call: OpCall) => Attributes = () => ({})) {
  return op(1, 1, (call) => {
    elementwise(call, kind, attributes(call));
  });
}

/** Applies a layer of single elements to input 0, in the form in which it is there. */
function elementwise(call: OpCall, kind: string, attributes: Attributes = {}): void {
  const { value, isMap } = call.elements(0);
  call.giveMap(call.layer(kind, attributes, [value]), isMap);
}

export const elementwiseOps: OpTable = {
  Abs: same("abs"),
  Acos: same("acos"),
  Acosh: same("acosh"),
  Asin: same("asin"),
  Asinh: same("asinh"),
  Atan: same("atan"),
  Atanh: same("atanh"),
  Ceil: same("ceil"),
  Cos: same("cos"),
  Cosh: same("cosh"),
  Erf: same("erf"),
  Exp: same("exp"),
  Floor: same("floor"),
  Log: same("log"),
  Neg: same("mul_scalar", () => ({ scalar: -1 })),
  Reciprocal: same("reciprocal"),
  Round: same("round"),
  Sign: same("sign"),
  Sin: same("sin"),
  Sinh: same("sinh"),
  Sqrt: same("sqrt"),
  Tan: same("tan"),

  Celu: same("celu", (call) => ({ alpha: call.float("alpha", 1) })),
  Elu: same("elu", (call) => ({ alpha: call.float("alpha", 1) })),
  Gelu: same("gelu", (call) => ({
    approximate: call.text("approximate", ["none", "tanh"], "none"),
  })),
  HardSigmoid: op(1, 1, lowerHardSigmoid),
  HardSwish: same("hard_swish"),
  LeakyRelu: same("leaky_relu", (call) => ({ negative_slope: call.float("alpha", 0.01) })),
  Mish: same("mish"),
  PRelu: op(2, 2, lowerPRelu),
  Relu: same("relu"),
  Selu: op(1, 1, lowerSelu),
  Shrink: same("hard_shrink", (call) => ({
    lambd: call.float("lambd", 0.5),
    bias: call.float("bias", 0),
  })),
  Sigmoid: same("sigmoid"),
  Softplus: same("softplus"),
  Softsign: same("softsign"),
  Tanh: same("tanh"),
  ThresholdedRelu: same("threshold", (call) => ({ threshold: call.float("alpha", 1), value: 0 })),

  Clip: op(1, 3, lowerClip),
  Dropout: op(1, 3, lowerDropout),
};

/** PyTorch's is the layer without arguments. */
function lowerHardSigmoid(call: OpCall): void {
  const [alpha, beta] = [call.float("alpha", 0.2), call.float("beta", 0.5)];
  const usual = Math.abs(alpha - 1 / 6) < 1e-6 && beta === 0.5;
  elementwise(call, "hard_sigmoid", usual ? {} : { alpha, beta });
}

/** The constants of the paper, which the layer has, as float32 and as the operator rounds them. */
const SELU_ALPHA = 1.6732632;
const SELU_GAMMA = 1.050701;

function lowerSelu(call: OpCall): void {
  const [alpha, gamma] = [call.float("alpha", SELU_ALPHA), call.float("gamma", SELU_GAMMA)];
  if (Math.abs(alpha - SELU_ALPHA) < 1e-6 && Math.abs(gamma - SELU_GAMMA) < 1e-6) {
    elementwise(call, "selu");
    return;
  }
  const { value, isMap } = call.elements(0);
  const bent = call.layer("elu", { alpha }, [value]);
  call.giveMap(call.layer("mul_scalar", { scalar: gamma }, [bent]), isMap);
}

/** One slope, one for each channel, or any tensor of them. */
function lowerPRelu(call: OpCall): void {
  const one = call.number(1);
  const operand = call.operand(1);
  if (
    one !== undefined &&
    operand.kind === "constant" &&
    operand.array.shape.length <= call.rank(0)
  ) {
    const weight = { ...operand, array: { ...operand.array, shape: [1] } };
    const y = call.layer("prelu", {}, [call.tensor(0)], { weights: { weight } });
    call.give(y);
    return;
  }
  const channels = call.shape(0).at(1);
  if (operand.kind === "constant" && channels !== undefined && isKnown(channels)) {
    const { shape } = operand.array;
    // Before version 7 a vector of slopes had one for each channel.
    const isVector = call.opset < 7 && shape.length === 1 && shape[0] === channels;
    if (isVector || isByChannel(shape, call.shape(0))) {
      const weight = { ...operand, array: { ...operand.array, shape: [channels] } };
      const attributes = { num_parameters: channels };
      call.give(call.layer("prelu", attributes, [call.tensor(0)], { weights: { weight } }));
      return;
    }
  }
  const x = call.tensor(0);
  const below = call.layer("minimum_scalar", { scalar: 0 }, [x]);
  const sloped = call.layer("mul", {}, [below, call.tensor(1)]);
  call.give(call.layer("add", {}, [call.layer("relu", {}, [x]), sloped]));
}

/** Attributes before version 11, then inputs. */
function lowerClip(call: OpCall): void {
  const limit = (at: number, attribute: string, what: string): number | undefined => {
    if (call.opset < 11) return call.float(attribute);
    return call.has(at) ? call.oneNumber(at, what) : undefined;
  };
  const min = bound(limit(1, "min", "min"), -1);
  const max = bound(limit(2, "max", "max"), 1);
  if (min === null && max === null) call.giveSame(0);
  else if (min === 0 && max === null) elementwise(call, "relu");
  else if (min === 0 && max === 6) elementwise(call, "relu6");
  else if (min !== null && max !== null && min > max) {
    // ONNX takes the smaller limit last: all values become the upper one.
    elementwise(call, "clip", { min: max, max });
  } else elementwise(call, "clip", { min, max });
}

/** What older exporters write for "no limit". */
const LARGEST_FLOAT = 3.4e38;

/** @param side of the limit: -1 for the lower one, 1 for the upper one */
function bound(value: number | undefined, side: -1 | 1): number | null {
  return value === undefined || value * side >= LARGEST_FLOAT ? null : value;
}

function lowerDropout(call: OpCall): void {
  const known = (at: number, what: string): number =>
    call.number(at) ?? call.knownInts(at, what)[0];
  const ratio = call.has(1) ? known(1, "ratio") : call.float("ratio", 0.5);
  const training = call.has(2) && known(2, "training_mode") !== 0;
  if (training && ratio !== 0) {
    throw call.refuse(
      "it drops values at random",
      "export the network for inference: `model.eval()` before `torch.onnx.export`",
    );
  }
  elementwise(call, "dropout", { p: Math.min(1, Math.max(0, ratio)) });
  if (call.node.outputs.length > 1) {
    // Nothing is dropped: the mask is true everywhere.
    const x = call.tensor(0);
    call.giveMask(call.layer("eq", {}, [x, x]), 1);
  }
}
