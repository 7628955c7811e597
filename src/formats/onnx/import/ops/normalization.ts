/** Normalisations, and the softmax family. */
import type { TensorValue } from "../../../../check/evaluate/values.ts";
import { isKnown } from "../../../../graph/dim.ts";
import { tensor } from "../../../../graph/tensor.ts";
import { fromTensor, toTensor } from "../../../tensors/stored-array.ts";
import { floats } from "../arrays.ts";
import type { OpCall } from "../call.ts";
import type { Constant } from "../operand.ts";
import { layerNormAxes } from "./axes.ts";
import { type OpTable, op } from "./handler.ts";
import { spatialAxes } from "./window.ts";

export const normalizationOps: OpTable = {
  BatchNormalization: op(5, 5, lowerBatchNorm),
  InstanceNormalization: op(3, 3, lowerInstanceNorm),
  LayerNormalization: op(2, 3, lowerLayerNorm),
  GroupNormalization: op(3, 3, lowerGroupNorm),
  LRN: op(1, 1, lowerLrn),
  LpNormalization: op(1, 1, lowerLpNormalization),
  MeanVarianceNormalization: op(1, 1, lowerMeanVariance),
  Softmax: op(1, 1, (call) => lowerScores(call, layerAlong("softmax"))),
  LogSoftmax: op(1, 1, (call) => lowerScores(call, layerAlong("log_softmax"))),
  Hardmax: op(1, 1, (call) => lowerScores(call, hardmaxAlong)),
};

function lowerBatchNorm(call: OpCall): void {
  const training = call.flag("training_mode", false);
  if (!call.flag("spatial", true)) {
    throw call.refuse(
      "it normalises every pixel by statistics of its own",
      "export it with `spatial=1`",
    );
  }
  const names = ["scale", "B", "input_mean", "input_var"];
  const [weight, bias, running_mean, running_var] = names.map((name, at) =>
    call.weight(at + 1, name),
  );
  const eps = call.float("epsilon", 1e-5);
  const { value, isMap } = call.elements(0);
  call.expectSize(value, "channels", weight.array.shape[0] ?? 1, weight);
  const momentum = 1 - call.float("momentum", 0.9);
  // ONNX's momentum is the share of the old statistics, rounded to float32.
  const attributes = { eps, momentum: Number(momentum.toPrecision(6)) };
  const y = training
    ? call.layer("batch_norm", { ...attributes, track_running_stats: false }, [value], {
        weights: { weight, bias },
        from: FROM,
      })
    : call.layer("batch_norm", attributes, [value], {
        weights: { weight, bias, running_mean, running_var },
        from: FROM,
      });
  call.giveMap(y, isMap);
  if (training) giveRunningStatistics(call, running_mean, running_var);
}

/** What training makes of the running statistics; ONNX's variance is the biased one. */
function giveRunningStatistics(call: OpCall, mean: Constant, variance: Constant): void {
  if (call.node.outputs.length < 2) return;
  const x = call.tensor(0);
  const axes = x.type.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
  const share = call.float("momentum", 0.9);
  const centre = call.layer("mean", { axes, keepdim: true }, [x]);
  const squares = call.layer("square", {}, [call.layer("sub", {}, [x, centre])]);
  const batch = [
    call.layer("mean", { axes, keepdim: false }, [x]),
    call.layer("mean", { axes, keepdim: false }, [squares]),
  ];
  [mean, variance].forEach((running, at) => {
    const old = call.layer("mul_scalar", { scalar: share }, [call.flowing(running)]);
    const rest = Number((1 - share).toPrecision(6));
    const now = call.layer("mul_scalar", { scalar: rest }, [batch[at]]);
    call.give(call.layer("add", {}, [old, now]), at + 1);
  });
}

const FROM = { eps: "epsilon", momentum: "momentum" };

function lowerInstanceNorm(call: OpCall): void {
  const axes = spatialAxes(call);
  const [weight, bias] = [call.weight(1, "scale"), call.weight(2, "B")];
  const attributes = {
    affine: true,
    eps: call.float("epsilon", 1e-5),
  };
  const x = call.map(0);
  call.expectSize(x, "channels", weight.array.shape[0] ?? 1, weight);
  const weights = { weight, bias };
  call.giveMap(call.layer("instance_norm", attributes, [x], { weights }), axes === 1);
}

function lowerLayerNorm(call: OpCall): void {
  const shape = call.shape(0);
  const rank = shape.length;
  const axis = call.int("axis", -1);
  const first = axis < 0 ? axis + rank : axis;
  const eps = call.float("epsilon", 1e-5);
  const weight = call.weight(1, "Scale");
  const bias = call.has(2)
    ? call.weight(2, "B")
    : { ...weight, name: `${weight.name}.zeros`, array: zerosLike(weight) };
  const normalized = shape.slice(first);
  giveLayerStatistics(call, first, eps);
  if (first === 0) {
    // A batch axis that is normalised too: all of it becomes one image.
    const whole = call.layer("unsqueeze", { axes: [0] }, [call.tensor(0)]);
    const y = call.layer("layer_norm", { eps }, [whole], { weights: { weight, bias } });
    call.give(call.layer("squeeze", { axes: [0] }, [y]));
    return;
  }
  const axes = layerNormAxes(
    normalized.map((_, at) => first + at),
    rank,
  );
  call.give(
    call.layer("layer_norm", { axes, eps }, [call.tensor(0)], { weights: { weight, bias } }),
  );
}

/** The mean and the inverse deviation, as further results. */
function giveLayerStatistics(call: OpCall, first: number, epsilon: number): void {
  if (call.node.outputs.length < 2) return;
  const x = call.tensor(0);
  const axes = x.type.shape.flatMap((_, axis) => (axis < first ? [] : [axis]));
  const mean = call.layer("mean", { axes, keepdim: true }, [x]);
  const squares = call.layer("square", {}, [call.layer("sub", {}, [x, mean])]);
  const variance = call.layer("mean", { axes, keepdim: true }, [squares]);
  const shifted = call.layer("add_scalar", { scalar: epsilon }, [variance]);
  call.give(mean, 1);
  call.give(call.layer("rsqrt", {}, [shifted]), 2);
}

function zerosLike({ array: { shape } }: Constant) {
  return floats(shape, new Float64Array(shape.reduce((n, size) => n * size, 1)));
}

/** Version 18 has a scale for each group, version 21 one for each channel. */
function lowerGroupNorm(call: OpCall): void {
  const groups = call.int("num_groups", 1);
  const channels = call.shape(0).at(1);
  const [scale, bias] = [call.weight(1, "scale"), call.weight(2, "bias")];
  const spread = (given: Constant): Constant => {
    if (call.opset >= 21 || channels === undefined || !isKnown(channels)) return given;
    const values = toTensor(given.array).data;
    const each = channels / groups;
    if (!Number.isInteger(each) || values.length !== groups) return given;
    const data = Array.from({ length: channels }, (_, c) => values[Math.floor(c / each)]);
    return { ...given, array: floats([channels], data) };
  };
  const weights = { weight: spread(scale), bias: spread(bias) };
  const attributes = { num_groups: groups, eps: call.float("epsilon", 1e-5) };
  const { value, isMap } = call.elements(0);
  call.giveMap(
    call.layer("group_norm", attributes, [value], { weights, from: { num_groups: "num_groups" } }),
    isMap,
  );
}

function lowerLrn(call: OpCall): void {
  const axes = spatialAxes(call);
  const size = call.int("size", 0);
  if (size % 2 === 0 && size > 0) {
    throw call.refuse(
      `its window of ${size} channels has no middle, and runtimes disagree where the extra one is`,
      "use an odd size",
    );
  }
  const attributes = {
    size,
    alpha: call.float("alpha", 1e-4),
    beta: call.float("beta", 0.75),
    k: call.float("bias", 1),
  };
  const from = { size: "size", alpha: "alpha", beta: "beta", k: "bias" };
  call.giveMap(call.layer("lrn", attributes, [call.map(0)], { from }), axes === 1);
}

/** Below the length of any vector of float32 whose squares are not 0. */
const SMALLEST_LENGTH = 1e-30;

function lowerLpNormalization(call: OpCall): void {
  const x = call.tensor(0);
  const attributes = { p: call.int("p", 2), axes: [call.int("axis", -1)], keepdim: true };
  const length = call.layer("norm", attributes, [x]);
  // What has the length 0 stays 0.
  const divisor = call.layer("maximum_scalar", { scalar: SMALLEST_LENGTH }, [length]);
  call.give(call.layer("div", {}, [x, divisor]));
}

/** As the operator's own function body says. */
function lowerMeanVariance(call: OpCall): void {
  const x = call.tensor(0);
  const axes = call.ints("axes") ?? [0, 2, 3];
  const mean = call.layer("mean", { axes, keepdim: true }, [x]);
  const centred = call.layer("sub", {}, [x, mean]);
  const squares = call.layer("square", {}, [centred]);
  const variance = call.layer("mean", { axes, keepdim: true }, [squares]);
  const deviation = call.layer("sqrt", {}, [variance]);
  const divisor = call.layer("add_scalar", { scalar: 1e-9 }, [deviation]);
  call.give(call.layer("div", {}, [centred, divisor]));
}

/** What is made of scores along an axis. */
type Along = (call: OpCall, x: TensorValue, axis: number) => TensorValue;

/** Until version 12 all axes from `axis` on were one. */
function lowerScores(call: OpCall, along: Along): void {
  const x = call.tensor(0);
  const { shape } = x.type;
  const given = call.int("axis", call.opset < 13 ? 1 : -1);
  const axis = given < 0 ? given + shape.length : given;
  const behind = shape.slice(axis + 1);
  if (call.opset >= 13 || behind.every((size) => size === 1)) {
    call.give(along(call, x, axis));
    return;
  }
  const flat = call.layer("flatten", { start_axis: axis, end_axis: -1 }, [x]);
  call.give(call.layer("reshape", { shape }, [along(call, flat, axis)]));
}

function layerAlong(kind: string): Along {
  return (call, x, axis) => call.layer(kind, { axis }, [x], { from: { axis: "axis" } });
}

/**
 * 1 at the first of the largest scores, else 0: all of the largest, each times its distance from
 * the axis's end; of those the largest again.
 */
function hardmaxAlong(call: OpCall, x: TensorValue, axis: number): TensorValue {
  const size = x.type.shape[axis];
  if (size === undefined || !isKnown(size)) {
    throw call.refuse(
      "the axis of its scores has no known size",
      "fix the size with `--set NAME=SIZE`",
    );
  }
  const largest = (scores: TensorValue): TensorValue => {
    const peak = call.layer("amax", { axes: [axis], keepdim: true }, [scores]);
    return call.layer("eq", {}, [scores, peak]);
  };
  const places = Float64Array.from({ length: size }, (_, at) => size - at);
  const shape = x.type.shape.slice(axis).map((_, at) => (at === 0 ? size : 1));
  const ranks = call.flowing({
    kind: "constant",
    array: fromTensor(tensor(shape, places)),
    name: "",
  });
  return largest(call.layer("mul", {}, [largest(x), ranks]));
}
