/**
 * TensorFlow.js on its WebAssembly backend. It gets the network as its own converter makes it:
 * batch norms folded, bias and activation within the convolution, channels last.
 */
import * as tf from "@tensorflow/tfjs-core";
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { knownShape } from "../../src/graph/access.ts";
import type { AttributeValue } from "../../src/graph/attributes.ts";
import type { EpilogueStep, Graph, Node, ValueId } from "../../src/graph/graph.ts";
import type { WeightTensor, WeightTensors } from "../../src/graph/tensor.ts";
import { deriveWeights } from "../../src/optimize/derive-weights.ts";
import { optimize } from "../../src/optimize/optimize.ts";
import type { Peer } from "../peer.ts";

let started: Promise<void> | undefined;

/** Its threads are for browsers only, and it reads no ONNX. */
export const tfjsWasm: Peer = async ({ graph, weights, input, threads, onnx }) => {
  if (threads !== 1 || onnx !== undefined) return undefined;
  started ??= start();
  await started;
  const net = new Network(graph, weights);
  const [id] = graph.inputs;
  const shape = knownShape(graph.values[id].type.shape);
  const given = tf.tidy(() => channelsLast(tf.tensor(input, [...shape])));
  let result: tf.Tensor | undefined;
  return {
    name: "tfjs-backend-wasm",
    run: () => {
      result?.dispose();
      result = tf.tidy(() => net.run(given));
    },
    output: () => Float32Array.from(result?.dataSync() ?? []),
    release: () => tf.disposeVariables(),
  };
};

async function start(): Promise<void> {
  const main = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(`${dirname(main)}/`);
  setThreadsCount(1);
  await tf.setBackend("wasm");
  await tf.ready();
}

/** A prepared layer: what it computes of the values before it. */
type Layer = (values: ReadonlyMap<ValueId, tf.Tensor>) => tf.Tensor;

class Network {
  readonly #graph: Graph;
  readonly #weights: WeightTensors;
  readonly #layers: readonly { readonly output: ValueId; readonly layer: Layer }[];

  constructor(graph: Graph, weights: WeightTensors) {
    this.#graph = optimize(graph);
    this.#weights = deriveWeights(this.#graph, weights);
    this.#layers = this.#graph.nodes.map((node) => ({
      output: node.outputs[0],
      layer: withEpilogue(node, this.#layerOf(node)),
    }));
  }

  run(input: tf.Tensor): tf.Tensor {
    const values = new Map([[this.#graph.inputs[0], input]]);
    for (const { output, layer } of this.#layers) values.set(output, layer(values));
    return valueOf(values, this.#graph.outputs[0].value);
  }

  #layerOf(node: Node): Layer {
    const { kind, attributes, inputs } = node;
    const [from] = inputs;
    const first = (compute: (x: tf.Tensor4D) => tf.Tensor): Layer => {
      return (values) => compute(map(valueOf(values, from)));
    };
    switch (kind) {
      case "conv":
      case "depthwise":
        return this.#convolution(node);
      case "linear":
        return this.#linear(node);
      case "max_pool":
      case "avg_pool": {
        const [kernel, strides] = [
          pair(attributes.kernel),
          pair(attributes.stride ?? attributes.kernel),
        ];
        const pads = this.#pads(node, kernel, strides);
        const pool = kind === "max_pool" ? tf.maxPool<tf.Tensor4D> : tf.avgPool<tf.Tensor4D>;
        return first((x) => pool(x, kernel, strides, pads));
      }
      case "global_avg_pool":
        return first((x) => tf.mean(x, [1, 2], true));
      case "pad": {
        const [top, left, bottom, right] = numbers(attributes.padding);
        const sides: [number, number][] = [
          [0, 0],
          [top, bottom],
          [left, right],
          [0, 0],
        ];
        return first((x) => tf.pad(x, sides, Number(attributes.value)));
      }
      case "concat":
        return (values) =>
          tf.concat(
            inputs.map((id) => valueOf(values, id)),
            -1,
          );
      case "flatten":
        return (values) => tf.reshape(valueOf(values, from), [this.#shapeOf(from)[0], -1]);
      default:
        throw new Error(`${node.name}: the bench does not know ${kind} in TensorFlow.js`);
    }
  }

  #convolution(node: Node): Layer {
    const { kind, attributes, inputs } = node;
    const weight = this.#weight(node, "weight");
    const [stride, dilations] = [pair(attributes.stride), pair(attributes.dilation)];
    const padding = numbers(attributes.padding);
    const shared = { strides: stride, dilations, ...this.#fused(node) };
    const depthwise = kind === "depthwise" || weight.shape[1] < this.#shapeOf(inputs[0])[1];
    const [out, per, kh, kw] = weight.shape;
    const weights = tf.tensor4d(Float32Array.from(weight.data), [out, per, kh, kw]);
    if (depthwise) {
      if (per !== 1) throw new Error(`${node.name}: TensorFlow.js has no grouped convolution`);
      const [pad] = padding;
      if (padding.some((p) => p !== pad)) {
        throw new Error(`${node.name}: TensorFlow.js pads a depthwise convolution evenly`);
      }
      const filter = tf.transpose(weights, [2, 3, 0, 1]);
      return (values) =>
        tf.fused.depthwiseConv2d({ x: map(valueOf(values, inputs[0])), filter, pad, ...shared });
    }
    const filter = tf.transpose(weights, [2, 3, 1, 0]);
    const pad = explicit(padding);
    return (values) =>
      tf.fused.conv2d({ x: map(valueOf(values, inputs[0])), filter, pad, ...shared });
  }

  #linear(node: Node): Layer {
    const { shape, data } = this.#weight(node, "weight");
    const [from] = node.inputs;
    const flattened = this.#graph.nodes.find(
      ({ kind, outputs }) => kind === "flatten" && outputs[0] === from,
    );
    const [, c, h, w] = flattened ? this.#shapeOf(flattened.inputs[0]) : [0, shape[1], 1, 1];
    // Rows of the matrix in the order of a map with channels last.
    const b = tf.tidy(() => {
      const weights = tf.tensor4d(Float32Array.from(data), [shape[0], c, h, w]);
      return tf.reshape(tf.transpose(weights, [2, 3, 1, 0]), [c * h * w, shape[0]]);
    });
    const options = this.#fused(node);
    return (values) => {
      const a = tf.reshape(valueOf(values, from), [-1, shape[1]]);
      return tf.fused.matMul({ a: matrix(a), b: matrix(b), ...options });
    };
  }

  /** Bias, and the activation where nothing is added before it. */
  #fused(node: Node): { readonly bias?: tf.Tensor1D; readonly activation?: tf.fused.Activation } {
    const activation = ownActivation(node.epilogue ?? []);
    const bias =
      node.weights.bias === undefined
        ? undefined
        : tf.tensor1d(Float32Array.from(this.#weight(node, "bias").data));
    return { ...(bias && { bias }), ...(activation && { activation }) };
  }

  /** The padding behind the map is what the outputs need, in ceil mode more than was said. */
  #pads(node: Node, kernel: Pair, strides: Pair) {
    const [top, left] = numbers(node.attributes.padding);
    const [, , height, width] = this.#shapeOf(node.inputs[0]);
    const [, , rows, columns] = this.#shapeOf(node.outputs[0]);
    const behind = (outputs: number, axis: 0 | 1, size: number, before: number): number =>
      Math.max(0, (outputs - 1) * strides[axis] + kernel[axis] - size - before);
    const [bottom, right] = [behind(rows, 0, height, top), behind(columns, 1, width, left)];
    return explicit([top, left, bottom, right]);
  }

  #weight(node: Node, role: string): WeightTensor {
    const tensor = this.#weights.get(node.weights[role]);
    if (tensor === undefined) throw new Error(`${node.name} has no ${role}`);
    return tensor;
  }

  #shapeOf(id: ValueId): readonly number[] {
    return knownShape(this.#graph.values[id].type.shape);
  }
}

/** Sums and activations that the layer itself does not do. */
function withEpilogue(node: Node, layer: Layer): Layer {
  const steps = node.epilogue ?? [];
  const own =
    ownActivation(steps) !== undefined && ["conv", "depthwise", "linear"].includes(node.kind);
  const left = own ? steps.slice(1) : steps;
  return left.reduce<Layer>(
    (before, step) => (values) => apply(step, before(values), values),
    layer,
  );
}

function apply(
  { kind, inputs }: EpilogueStep,
  result: tf.Tensor,
  values: ReadonlyMap<ValueId, tf.Tensor>,
): tf.Tensor {
  if (kind === "relu") return tf.relu(result);
  if (kind === "relu6") return tf.relu6(result);
  const [other] = inputs.filter((id) => id !== "result");
  if (kind === "add" && other !== undefined) return tf.add(result, valueOf(values, other));
  throw new Error(`the bench does not know ${kind} behind a layer in TensorFlow.js`);
}

function ownActivation([first]: readonly EpilogueStep[]): tf.fused.Activation | undefined {
  if (first?.kind === "relu6") return "relu6";
  return first?.kind === "relu" ? "relu" : undefined;
}

function valueOf(values: ReadonlyMap<ValueId, tf.Tensor>, id: ValueId): tf.Tensor {
  const value = values.get(id);
  if (value === undefined) throw new Error(`value ${id} is not computed yet`);
  return value;
}

function channelsLast(x: tf.Tensor): tf.Tensor {
  return tf.transpose(x, [0, 2, 3, 1]);
}

function map(x: tf.Tensor): tf.Tensor4D {
  if (!isMap(x)) throw new Error(`a tensor of rank ${x.rank} is no map`);
  return x;
}

function isMap(x: tf.Tensor): x is tf.Tensor4D {
  return x.rank === 4;
}

function matrix(x: tf.Tensor): tf.Tensor2D {
  if (!isMatrix(x)) throw new Error(`a tensor of rank ${x.rank} is no matrix`);
  return x;
}

function isMatrix(x: tf.Tensor): x is tf.Tensor2D {
  return x.rank === 2;
}

type Pair = [number, number];
type Pads = [Pair, Pair, Pair, Pair];

function explicit([top, left, bottom, right]: readonly number[]): Pads {
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}

function pair(value: AttributeValue | undefined): Pair {
  const [height, width] = numbers(value);
  return [height, width];
}

function numbers(value: AttributeValue | undefined): number[] {
  const list = Array.isArray(value) ? value : [value];
  return list.map((item) => {
    if (typeof item !== "number") throw new Error(`${JSON.stringify(value)} is no list of numbers`);
    return item;
  });
}
