/**
 * Turns a PNG into a model's input: one image `[1, C, H, W]` of floats in 0..1, with the
 * channels that the model asks for. Grey is the luma of ITU-R BT.601, as in Pillow and
 * torchvision; RGB of a grey image repeats it; a transparent image is laid over white, as
 * image viewers show it. An image of another size is refused: how to resize is the
 * user's decision.
 */
import { type Problem, problem } from "../../diagnostics/diagnostic.ts";
import { type Dim, formatDim, formatShape, isKnown } from "../../graph/dim.ts";
import { type Tensor, zeros } from "../../graph/tensor.ts";
import { type Picture, readPng, readPngHeader } from "./png.ts";

/** An input of a model, sizes known or named. */
export interface ImageInput {
  readonly name: string;
  readonly shape: readonly Dim[];
}

/** Most pixels of an image, which keeps a small hostile file from filling the memory. */
const MOST_PIXELS = 2 ** 26;

const RED = 0.299;
const GREEN = 0.587;
const BLUE = 0.114;

export function readImage(bytes: Uint8Array, file: string, input: ImageInput): Tensor | Problem {
  const { name, shape } = input;
  const [, channels, height, width] = shape;
  if (shape.length !== 4 || (channels !== 1 && channels !== 3)) {
    return problem("CNN5007", { input: name, shape: formatShape(shape) });
  }
  const header = readPngHeader(bytes, file);
  if ("code" in header) return header;
  if (!fits(height, header.height) || !fits(width, header.width)) {
    const wants = `${formatDim(height)}×${formatDim(width)}`;
    return problem("CNN5006", { file, gets: `${header.height}×${header.width}`, wants });
  }
  if (header.height * header.width > MOST_PIXELS) {
    const reason = `it has ${header.height}×${header.width} pixels, more than ${MOST_PIXELS} in all`;
    return problem("CNN5002", { file, format: "PNG", reason });
  }
  const picture = readPng(bytes, file);
  return "code" in picture ? picture : channelsFirst(overWhite(picture), channels);
}

function fits(size: Dim, given: number): boolean {
  return !isKnown(size) || size === given;
}

/** Removes the alpha channel. */
function overWhite({ width, height, channels, samples }: Picture): Picture {
  if (channels === 1 || channels === 3) return { width, height, channels, samples };
  const colours = channels - 1;
  const out = new Float64Array(width * height * colours);
  for (let i = 0; i < out.length; i++) {
    const pixel = Math.floor(i / colours) * channels;
    const alpha = samples[pixel + colours];
    out[i] = samples[pixel + (i % colours)] * alpha + (1 - alpha);
  }
  return { width, height, channels: channels === 2 ? 1 : 3, samples: out };
}

/** `[1, channels, H, W]` of a picture without alpha. */
function channelsFirst(picture: Picture, channels: 1 | 3): Tensor {
  const { width, height, samples } = picture;
  const size = width * height;
  const out = zeros([1, channels, height, width]);
  for (let pixel = 0; pixel < size; pixel++) {
    const at = pixel * picture.channels;
    if (picture.channels === 1) {
      for (let c = 0; c < channels; c++) out.data[c * size + pixel] = samples[at];
    } else if (channels === 3) {
      for (let c = 0; c < 3; c++) out.data[c * size + pixel] = samples[at + c];
    } else {
      out.data[pixel] = RED * samples[at] + GREEN * samples[at + 1] + BLUE * samples[at + 2];
    }
  }
  return out;
}
