/** Transposed convolution: spreads each pixel over a window, the adjoint of `conv`. */
import { InternalFault, problem } from "../diagnostics/diagnostic.ts";
import { atLeast } from "../graph/condition.ts";
import { type Dim, add, mul, product } from "../graph/dim.ts";
import { type Requirement, defineLayer } from "./layer.ts";
import { bool, optionalSize, pair, sides, size } from "./parameters.ts";
import { groupsDivide, perGroup, statedChannels } from "./shared/channels.ts";
import { convolveTransposed, convolveTransposedBackward } from "./shared/convolution.ts";
import { transposedFormula } from "./shared/formula.ts";
import { known } from "./shared/known.ts";
import { SPATIAL, type SpatialIndex, featureMap, mapType } from "./shared/map.ts";
import { type TransposedWindow, transposedOnnx } from "./shared/onnx-transposed.ts";
import { windowParameters } from "./shared/window-parameters.ts";
import { after, before, extent } from "./shared/window.ts";

/** Pixels of the output along one axis. */
function spread(window: TransposedWindow, axis: SpatialIndex, length: Dim): Dim {
  const cut = before(window, axis) + after(window, axis);
  const steps = mul(add(length, -1), window.stride[axis]);
  return add(steps, extent(window, axis) + window.output_padding[axis] - cut);
}

function requirements(
  window: TransposedWindow,
  input: readonly [Dim, Dim],
): readonly Requirement[] {
  return SPATIAL.flatMap(({ index, name }) => {
    const [stride, dilation] = [window.stride[index], window.dilation[index]];
    const outputPadding = window.output_padding[index];
    const length = input[index];
    const result = spread(window, index, length);
    const formula = transposedFormula(window, { axis: index, length, result });
    return [
      {
        condition: atLeast(Math.max(stride, dilation), outputPadding + 1),
        problem: problem(
          "CNN2010",
          { axis: name, outputPadding, stride, dilation },
          "output_padding",
        ),
      },
      {
        condition: atLeast(result, 1),
        problem: {
          ...problem("CNN2011", { axis: name, formula }, "padding"),
          blame: [{ input: 0, axis: 2 + index }],
        },
      },
    ];
  });
}

/** Output channels that one input channel reaches. */
function depthOf(out: Dim, groups: Dim): Dim {
  const depth = perGroup(out, groups);
  if (depth === undefined) throw new InternalFault("groups divide the output channels");
  return depth;
}

export const convTranspose = defineLayer({
  kind: "conv_transpose",
  category: "convolution",
  summary: "Enlarges a map [N, C, H, W] by learned kernels: the adjoint of a convolution.",
  source: "PyTorch ConvTranspose2d; Dumoulin and Visin, A guide to convolution arithmetic, 2016",
  inputs: ["x"],
  parameters: {
    out: size({ doc: "Number of output channels.", min: 1 }),
    kernel: windowParameters.kernel,
    stride: pair({
      doc: "Output pixels from one input pixel to the next: the factor of enlargement.",
      min: 1,
      default: [1, 1],
    }),
    padding: sides({ doc: "Pixels cut off around the output.", min: 0, default: [0, 0, 0, 0] }),
    output_padding: pair({
      doc: "Pixels added at the bottom and right, to choose among sizes that a stride leaves open.",
      min: 0,
      default: [0, 0],
    }),
    groups: size({
      doc: "Parts into which the channels are cut; each input channel reaches one part.",
      min: 1,
      default: 1,
    }),
    bias: bool({ doc: "Add a learned number to each output channel.", default: true }),
    dilation: windowParameters.dilation,
    in_channels: optionalSize({
      doc: "A checked statement of the input's channels; they follow from the input.",
      min: 1,
    }),
  },
  /** `weight` [C, out/groups, kernel height, kernel width], `bias` [out]. */
  weights: ({ out, groups, kernel, bias }, [x]) => {
    const depth = depthOf(out, groups);
    const init = { uniformFanIn: mul(depth, kernel[0], kernel[1]) };
    const weight = { shape: [x.shape[1], depth, ...kernel], role: "parameter", init } as const;
    return bias ? { weight, bias: { shape: [out], role: "parameter", init } } : { weight };
  },
  shape: (attributes, [x]) => {
    const map = featureMap("conv_transpose", x);
    if ("code" in map) return map;
    const { out, groups, in_channels } = attributes;
    const divided = groupsDivide("conv_transpose", groups, map.channels, out);
    if ("code" in divided) return divided;
    const [height, width] = map.size;
    return {
      outputs: [
        mapType(map.batch, out, [spread(attributes, 0, height), spread(attributes, 1, width)]),
      ],
      requires: [
        ...statedChannels("conv_transpose", "in_channels", in_channels, x),
        ...divided,
        ...requirements(attributes, map.size),
      ],
    };
  },
  /** Output `o` reads the inputs `i` with `o + padding - i·stride` in the kernel's extent. */
  receptiveField: (window) => {
    const along = (axis: SpatialIndex) => {
      const [stride, reach] = [window.stride[axis], extent(window, axis) - 1];
      return {
        size: Math.floor(reach / stride) + 1,
        stride: 1 / stride,
        start: (before(window, axis) - reach + stride - 1) / stride,
      };
    };
    const [down, across] = [along(0), along(1)];
    return {
      size: [down.size, across.size],
      stride: [down.stride, across.stride],
      start: [down.start, across.start],
    };
  },
  /** One product for each input pixel, input channel, reached output channel and tap. */
  cost: ({ out, groups, kernel }, [x]) => ({
    macs: mul(product(x.shape), depthOf(out, groups), kernel[0], kernel[1]),
  }),
  reference: ({ attributes, inputs: [x], weights }) => {
    const [batch, , height, width] = x.shape;
    const shape = [
      batch,
      known(attributes.out),
      known(spread(attributes, 0, height)),
      known(spread(attributes, 1, width)),
    ];
    const bias = attributes.bias ? weights.bias : undefined;
    const filters = { weight: weights.weight, bias, window: attributes };
    return { outputs: [convolveTransposed(x, filters, shape)] };
  },
  gradient: {
    backward: ({ attributes, inputs: [x], weights, outputGradients: [dy] }) => {
      const bias = attributes.bias ? weights.bias : undefined;
      return convolveTransposedBackward(
        x,
        { weight: weights.weight, bias, window: attributes },
        dy,
      );
    },
  },
  tolerance: 1e-5,
  onnx: ({ attributes, inputs: [x], weights }) =>
    transposedOnnx(x, weights, attributes, known(attributes.groups)),
  lowering: {
    families: ["transposed_convolution"],
    operation: (attributes) => ({
      family: "transposed_convolution",
      kernel: attributes.kernel,
      stride: attributes.stride,
      dilation: attributes.dilation,
      padding: attributes.padding,
      groups: known(attributes.groups),
    }),
  },
});
