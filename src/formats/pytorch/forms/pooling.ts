/** Pools in PyTorch. Its own know padding that is equal on opposite sides, and gaps in max pools alone. */
import { type Argument, bool, callText, pair } from "../python.ts";
import {
  type Form,
  type FormCall,
  type Forms,
  Inexpressible,
  functional,
  named,
  positional,
} from "./form.ts";
import { evenPadding, padSides } from "./padding.ts";

const adaptive = (
  reduce: "avg" | "max",
  size: (call: FormCall) => string = ({ attributes }) => pair(attributes.numbers("output_size")),
): Form =>
  functional(
    `F.adaptive_${reduce}_pool2d`,
    `nn.Adaptive${reduce === "avg" ? "Avg" : "Max"}Pool2d`,
    (call) => [positional("output_size", size(call))],
  );

/** PyTorch's average pools know of no gaps: theirs is a parameter of max pools alone. */
function dilationOf({ attributes }: FormCall, reduce: "avg" | "max"): readonly Argument[] {
  const dilation = attributes.numbers("dilation");
  if (reduce === "max") return [named("dilation", pair(dilation), "1")];
  if (dilation.some((step) => step !== 1)) {
    throw new Inexpressible("PyTorch's average pools have no dilation");
  }
  return [];
}

function poolArguments(
  call: FormCall,
  reduce: "avg" | "max",
  padding: string,
): readonly Argument[] {
  const { attributes } = call;
  const kernel = pair(attributes.numbers("kernel"));
  const stride = attributes.isNull("stride") ? kernel : pair(attributes.numbers("stride"));
  return [
    positional("kernel_size", kernel),
    named("stride", stride, kernel),
    named("padding", padding, "0"),
    ...dilationOf(call, reduce),
    named("ceil_mode", bool(attributes.flag("ceil_mode")), "False"),
    ...(attributes.value("count_include_pad") === undefined
      ? []
      : [named("count_include_pad", bool(attributes.flag("count_include_pad")), "True")]),
  ];
}

function windowPadding({ attributes }: FormCall): readonly number[] {
  const padding = attributes.value("padding");
  if (padding !== "same") return attributes.numbers("padding");
  const kernel = attributes.numbers("kernel");
  const dilation = attributes.numbers("dilation");
  const around = kernel.map((size, axis) => dilation[axis] * (size - 1));
  const before = around.map((pixels) => Math.floor(pixels / 2));
  return [...before, ...around.map((pixels, axis) => pixels - before[axis])];
}

/** Uneven padding is put around the map before. */
const pool = (reduce: "avg" | "max"): Form => {
  const [name, type] = [`F.${reduce}_pool2d`, reduce === "avg" ? "nn.AvgPool2d" : "nn.MaxPool2d"];
  return {
    expression: (call, [x]) => {
      const sides = windowPadding(call);
      const padding = evenPadding(sides);
      if (padding !== undefined) {
        return callText(name, [positional("x", x), ...poolArguments(call, reduce, padding)]);
      }
      const { attributes } = call;
      if (attributes.flag("ceil_mode")) {
        throw new Inexpressible("its padding is not the same on opposite sides");
      }
      const around = reduce === "max" ? ', value=float("-inf")' : "";
      const padded = (map: string): string =>
        callText(name, [
          positional("x", `F.pad(${map}, ${padSides(sides)}${around})`),
          ...poolArguments(call, reduce, "0"),
        ]);
      if (reduce === "max" || attributes.flag("count_include_pad")) return padded(x);
      // Over the share of each window that lies on the map.
      return `${padded(x)} / ${padded(`torch.ones_like(${x})`)}`;
    },
    module: (call) => {
      const padding = evenPadding(windowPadding(call));
      return padding === undefined
        ? undefined
        : { type, arguments: poolArguments(call, reduce, padding) };
    },
  };
};

export const poolingForms: Forms = {
  max_pool: pool("max"),
  avg_pool: pool("avg"),
  adaptive_avg_pool: adaptive("avg"),
  adaptive_max_pool: adaptive("max"),
  global_avg_pool: adaptive("avg", () => "1"),
  global_max_pool: adaptive("max", () => "1"),
};
