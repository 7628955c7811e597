/** What moves elements, and changes of shape, in PyTorch. */
import type { AttributeValue } from "../../../graph/attributes.ts";
import { isKnown, sameDim } from "../../../graph/dim.ts";
import { isList } from "../../../graph/print.ts";
import { checkedAxes, checkedAxis } from "../../../layers/shared/axes.ts";
import { type Argument, callText, number, tuple } from "../python.ts";
import { axesOf, axisOf, sizeText } from "./axes.ts";
import { type FormCall, type Forms, Inexpressible, named, positional } from "./form.ts";

function flattened(call: FormCall): readonly [Argument, Argument] {
  const {
    attributes,
    shapes: [shape],
  } = call;
  const end = checkedAxis(attributes.number("end_axis"), { shape });
  return [
    named("start_dim", String(checkedAxis(attributes.number("start_axis"), { shape })), "0"),
    named("end_dim", end === shape.length - 1 ? "-1" : String(end), "-1"),
  ];
}

function placeText(value: AttributeValue, call: FormCall, inputs: readonly string[]): string {
  if (typeof value === "number") return String(value);
  if (value === null || typeof value !== "object" || isList(value)) return "";
  return sizeText(value, call, inputs);
}

export const arrangementForms: Forms = {
  concat: {
    expression: (call, inputs) => `torch.cat(${tuple(inputs)}, dim=${axisOf(call)})`,
  },
  split: {
    expression: (call, [x]) => {
      const sections = call.attributes.numbers("sections");
      return sections.length === 1
        ? `torch.tensor_split(${x}, ${sections[0]}, dim=${axisOf(call)})`
        : `torch.split(${x}, [${sections.join(", ")}], dim=${axisOf(call)})`;
    },
  },
  slice: {
    expression: (call, [x]) => {
      const { attributes } = call;
      const start = placeText(attributes.value("start"), call, [x]);
      const end = attributes.isNull("end") ? "" : placeText(attributes.value("end"), call, [x]);
      const step = attributes.number("step");
      const range = `${start === "0" ? "" : start}:${end}${step === 1 ? "" : `:${step}`}`;
      return `${x}[${[...Array.from({ length: axisOf(call) }, () => ":"), range].join(", ")}]`;
    },
  },
  index_select: {
    expression: (call, [x]) => {
      const places = `[${call.attributes.numbers("indices").join(", ")}]`;
      return `${x}[${[...Array.from({ length: axisOf(call) }, () => ":"), places].join(", ")}]`;
    },
  },
  flatten: {
    expression: (call, [x]) => callText("torch.flatten", [positional("x", x), ...flattened(call)]),
    module: (call) => {
      const [start, end] = flattened(call);
      return {
        type: "nn.Flatten",
        arguments: [
          { ...start, default: "1" },
          { ...end, default: "-1" },
        ],
      };
    },
  },
  reshape: {
    expression: (call, [x]) => {
      const open = call.outputs[0].filter((size) => !isKnown(size));
      const [only] = open;
      const lonely = open.length === 1 && !call.shapes[0].some((size) => sameDim(size, only));
      const sizes = call.outputs[0].map((size) =>
        lonely && size === only ? "-1" : sizeText(size, call, [x]),
      );
      return `${x}.reshape(${sizes.join(", ")})`;
    },
  },
  expand: {
    expression: (call, [x]) =>
      `${x}.expand(${call.outputs[0].map((size) => sizeText(size, call, [x])).join(", ")})`,
  },
  permute: {
    expression: (call, [x]) => `${x}.permute(${axesOf(call, "order").join(", ")})`,
  },
  flip: { expression: (call, [x]) => `torch.flip(${x}, ${tuple(axesOf(call))})` },
  tile: {
    expression: ({ attributes }, [x]) =>
      `torch.tile(${x}, ${tuple(attributes.numbers("repeats"))})`,
  },
  squeeze: {
    expression: (call, [x]) =>
      axesOf(call)
        .toSorted((a, b) => b - a)
        .reduce((text, axis) => `${text}.squeeze(${axis})`, x),
  },
  unsqueeze: {
    expression: ({ attributes, outputs: [shape] }, [x]) =>
      checkedAxes(attributes.numbers("axes"), { shape })
        .toSorted((a, b) => a - b)
        .reduce((text, axis) => `${text}.unsqueeze(${axis})`, x),
  },
  pad: {
    expression: ({ attributes }, [x]) => {
      const mode = attributes.text("mode") === "edge" ? "replicate" : attributes.text("mode");
      const [top, left, bottom, right] = attributes.numbers("padding");
      const channels = attributes.numbers("channels");
      const deep = channels.some((count) => count !== 0);
      if (deep && mode !== "constant") {
        throw new Inexpressible(`mode \`${mode}\` pads no channels in PyTorch`);
      }
      const padded = (map: string, value: string): string =>
        callText("F.pad", [
          positional("x", map),
          positional("pad", tuple([left, right, top, bottom, ...(deep ? channels : [])])),
          named("mode", `"${mode}"`, '"constant"'),
          named("value", value, "0"),
        ]);
      const values = attributes.numbers("value");
      if (values.length === 1) return padded(x, number(values[0]));
      const each = `for c, value in enumerate([${values.map(number).join(", ")}])`;
      return `torch.cat([${padded(`${x}[:, c:c + 1]`, "value")} ${each}], dim=1)`;
    },
  },
  pixel_shuffle: {
    expression: ({ attributes }, [x]) =>
      `${attributes.text("mode") === "dcr" ? "depth_to_space" : "F.pixel_shuffle"}(${x}, ${attributes.number("factor")})`,
    helper: "depth_to_space",
  },
  pixel_unshuffle: {
    expression: ({ attributes }, [x]) =>
      `${attributes.text("mode") === "dcr" ? "space_to_depth" : "F.pixel_unshuffle"}(${x}, ${attributes.number("factor")})`,
    helper: "space_to_depth",
  },
  channel_shuffle: {
    expression: ({ attributes }, [x]) =>
      `torch.channel_shuffle(${x}, ${attributes.number("groups")})`,
  },
};
