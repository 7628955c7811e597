/** Resampling in PyTorch: `F.interpolate` and its module. */
import { type Argument, bool, callText, pair, tuple } from "../python.ts";
import { type FormCall, type Forms, Inexpressible, known, named, positional } from "./form.ts";

/** Of ONNX's many ways to resample, PyTorch's own. */
function interpolation({ attributes, outputs: [shape] }: FormCall): readonly Argument[] {
  const [, , height, width] = shape;
  const mode = attributes.text("mode");
  const antialias = attributes.flag("antialias");
  const coordinates = attributes.isNull("coordinates") ? "" : attributes.text("coordinates");
  const usual =
    mode === "nearest"
      ? ["", "asymmetric"].includes(coordinates) && attributes.text("rounding") === "floor"
      : ["", "half_pixel", "align_corners"].includes(coordinates);
  const excludes = attributes.isNull("exclude_outside")
    ? antialias
    : attributes.flag("exclude_outside");
  const cubic = mode !== "bicubic" || attributes.number("cubic_coeff") === -0.75;
  if (!usual || excludes !== antialias || !cubic) {
    throw new Inexpressible("PyTorch does not resample in this way");
  }
  const corners = attributes.flag("align_corners") || coordinates === "align_corners";
  return [
    attributes.isNull("scale")
      ? named("size", tuple([known(height, "its height"), known(width, "its width")]), "")
      : named("scale_factor", pair(attributes.numbers("scale")), ""),
    named("mode", `"${mode}"`, '"nearest"'),
    ...(mode === "nearest" ? [] : [named("align_corners", bool(corners), "None")]),
    ...(antialias ? [named("antialias", "True", "False")] : []),
  ];
}

export const resamplingForms: Forms = {
  upsample: {
    expression: (call, [x]) =>
      callText("F.interpolate", [positional("x", x), ...interpolation(call)]),
    module: (call) =>
      call.attributes.flag("antialias")
        ? undefined
        : { type: "nn.Upsample", arguments: interpolation(call) },
  },
};
