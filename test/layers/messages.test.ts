/** What layers say of sizes that do not fit: the call, the input's shape, the words. */
import { describe, expect, test } from "vitest";
import { add, named } from "../../src/graph/dim.ts";
import { message } from "./message.ts";
import { outcome } from "./outcome.ts";

const N = named("N");

describe("the window's size", () => {
  test("a kernel larger than its input", () => {
    expect(message("conv", { out: 16, kernel: 5 }, [N, 6, 4, 4])).toEqual([
      "CNN2003: the kernel is larger than its input",
      "^ needs at least 5×5, gets 4×4",
      "= height: floor((4 + 2·0 − 1·(5 − 1) − 1) / 1) + 1 = 0",
    ]);
  });

  test("only the width too small, with padding, dilation and stride", () => {
    expect(
      message("conv", { out: 1, kernel: 3, padding: [1, 1, 1, 2], dilation: 4, stride: 2 }, [
        N,
        6,
        9,
        4,
      ]),
    ).toEqual([
      "CNN2003: the kernel is larger than its input",
      "^ needs at least 7×6, gets 9×4",
      "= width: floor((4 + 1 + 2 − 4·(3 − 1) − 1) / 2) + 1 = 0",
    ]);
  });

  test("a pool that rounds up", () => {
    expect(message("max_pool", { kernel: 6, stride: 2, ceil_mode: true }, [N, 3, 4, 9])).toEqual([
      "CNN2003: the kernel is larger than its input",
      "^ needs at least 5×5, gets 4×9",
      "= height: ceil((4 + 2·0 − 1·(6 − 1) − 1) / 2) + 1 = 0",
    ]);
  });

  test("a named size that may be too small", () => {
    expect(message("conv", { out: 1, kernel: 5 }, [N, 6, add(named("H"), -2), 9])).toEqual([
      "CNN2003: the kernel is larger than its input",
      "^ needs at least 5×5, gets (H - 2)×9",
      "= height: floor((H − 2 + 2·0 − 1·(5 − 1) − 1) / 1) + 1 = H − 6",
    ]);
  });

  test("data with its channels last", () => {
    const hint =
      "help: the last axis looks like the channels (data [N, H, W, C]), but maps are [N, C, H, W]: " +
      "declare the input so, or put `permute(order: (0, 3, 1, 2))` in front";
    expect(message("conv", { out: 64, kernel: 7 }, [N, 224, 224, 3])).toEqual([
      "CNN2003: the kernel is larger than its input",
      "^ needs at least 7×7, gets 224×3",
      "= width: floor((3 + 2·0 − 1·(7 − 1) − 1) / 1) + 1 = −3",
      hint,
    ]);
    const kernel = { out: 64, kernel: 5 };
    expect(message("conv", kernel, [N, 28, 28, 1])).toContain(hint);
    expect(message("conv", kernel, [N, named("H"), named("W"), 3])).toContain(hint);
    expect(message("conv", kernel, [N, 512, 3, 3])).not.toContain(hint);
    expect(message("conv", kernel, [N, 64, 100, 1])).not.toContain(hint);
  });

  test("a transposed convolution that leaves nothing", () => {
    expect(message("conv_transpose", { out: 1, kernel: 2, padding: 2 }, [N, 1, 3, 9])).toEqual([
      "CNN2011: the transposed convolution leaves nothing of the map",
      "^ the height would be less than 1",
      "= height: (3 − 1)·1 − 2·2 + 1·(2 − 1) + 0 + 1 = 0",
      "help: use less padding: a transposed convolution's padding cuts its output",
    ]);
    expect(
      message("conv_transpose", { out: 1, kernel: 2, padding: [1, 0, 3, 0] }, [N, 1, 2, 2]),
    ).toContain("= height: (2 − 1)·1 − (1 + 3) + 1·(2 − 1) + 0 + 1 = −1");
  });
});

describe("padding", () => {
  test("of more than half a pool's kernel", () => {
    expect(message("avg_pool", { kernel: [5, 3], padding: 2 }, [N, 3, 9, 9])).toEqual([
      "CNN2005: the padding is more than half the pool's kernel",
      "^ width: padding 2, kernel 3: at most 1 fits",
      "help: write `padding: 1` or less, or put a `pad` layer in front",
    ]);
  });

  test("`same` with a stride", () => {
    expect(
      message("conv", { out: 8, kernel: 4, stride: 2, padding: "same" }, [N, 3, 9, 9]),
    ).toEqual([
      "CNN2006: `same` padding does not go with a stride in `conv`",
      "^ the stride is 2",
      "help: write `padding: (1, 1, 2, 2)`: the output is ceil(input / stride)",
    ]);
    expect(message("max_pool", { kernel: 3, padding: "same" }, [N, 3, 9, 9])).toContain(
      "help: write `padding: 1`: the output is ceil(input / stride)",
    );
  });

  test("of the output beyond the stride", () => {
    expect(
      message("conv_transpose", { out: 1, kernel: 3, stride: 2, output_padding: 2 }, [N, 1, 3, 3]),
    ).toEqual([
      "CNN2010: the output padding is too large",
      "^ height: 2 is not below the stride 2 or the dilation 1",
      "help: write `output_padding: 1` or less",
    ]);
  });
});

describe("the number of axes", () => {
  test("a vector where a map is needed", () => {
    expect(message("conv", { out: 8, kernel: 3 }, [N, 400])).toEqual([
      "CNN2001: `conv` needs a map [N, C, H, W]",
      "^ gets [N, 400], 2 axes",
      "help: put it in front of the `flatten` or `linear` that ended the map",
      "help: or make a map of a vector: `reshape([-1, C, H, W])`",
    ]);
  });

  test("an image without its channels", () => {
    expect(message("global_avg_pool", {}, [N, 28, 28])).toEqual([
      "CNN2001: `global_avg_pool` needs a map [N, C, H, W]",
      "^ gets [N, 28, 28], 3 axes",
      "help: a grey image is a map too: [N, 1, H, W]; a single one is [1, C, H, W]",
    ]);
  });

  test("a missing flatten", () => {
    expect(message("linear", { out: 120 }, [N, 16, 5, 5])).toEqual([
      "CNN2007: a `flatten` is missing in front of `linear`",
      "^ gets the map [N, 16, 5, 5]",
      "help: write `-> flatten -> linear(…)`: linear then reads 16·5·5 = 400 features",
      "help: if linear is meant for the last axis alone, say so: `in_features: 5`",
    ]);
    expect(message("linear", { out: 10, in_features: 512 }, [N, 512, 1, 1])).toContain(
      "^ written for 512 features, gets the map [N, 512, 1, 1]",
    );
  });
});

describe("numbers of channels and features", () => {
  test("linear sized for the wrong map", () => {
    expect(message("linear", { out: 120, in_features: 256 }, [N, 400])).toEqual([
      "CNN2008: `linear` is sized for 256 features",
      "^ the input [N, 400] has 400",
      "help: write `in_features: 400` or leave it out: the number follows from the input",
    ]);
  });

  test("a grey image into a net for RGB", () => {
    expect(message("conv", { out: 64, kernel: 7, in_channels: 3 }, [N, 1, 28, 28])).toEqual([
      "CNN2002: `conv` was written for 3 channels",
      "^ the input [N, 1, 28, 28] has 1",
      "help: declare the model's input with 3 channels: a grey image file is then read as RGB",
      "help: write `in_channels: 1` or leave it out: the number follows from the input",
    ]);
    expect(message("batch_norm", { num_features: 32 }, [N, 64, 7, 7])).toContain(
      "help: write `num_features: 64` or leave it out: the number follows from the input",
    );
  });

  test("stated channels that stand last", () => {
    expect(message("conv", { out: 64, kernel: 7, in_channels: 3 }, [N, 224, 224, 3])).toEqual([
      "CNN2002: `conv` was written for 3 channels",
      "^ the input [N, 224, 224, 3] has 224",
      expect.stringMatching(/^help: the last axis looks like the channels/),
    ]);
  });

  test("groups that do not divide", () => {
    expect(message("conv", { out: 12, kernel: 3, groups: 4 }, [N, 6, 8, 8])).toEqual([
      "CNN2004: 4 groups do not divide 6 input channels",
      "^ 6 / 4 is not a whole number",
      "help: `groups` that fit here: 1, 2, 3, 6",
    ]);
    expect(message("conv_transpose", { out: 8, kernel: 3, groups: 3 }, [N, 6, 8, 8])).toEqual([
      "CNN2004: 3 groups do not divide 8 output channels",
      "^ 8 / 3 is not a whole number",
      "help: `groups` that fit here: 1, 2",
    ]);
  });

  test("group_norm on one channel", () => {
    expect(message("group_norm", { num_groups: 8 }, [N, 1, 28, 28])).toEqual([
      "CNN2009: `group_norm`: 8 groups do not divide 1 channel",
      "^ 1 / 8 is not a whole number",
      "help: `num_groups` that fit here: 1",
    ]);
  });

  test("a style for other channels or images", () => {
    expect(message("adain", {}, [N, 64, 8, 8], [N, 64])).toEqual([
      "CNN2012: the style does not fit the content",
      "^ needs 128 scales and shifts, gets 64",
      "help: make the style with `linear(128)`",
    ]);
    expect(message("adain", {}, [4, 64, 8, 8], [2, 128])).toEqual([
      "CNN2012: the style does not fit the content",
      "^ needs 4 images, gets 2",
    ]);
  });
});

describe("normalisation", () => {
  test("over the batch, or over an axis twice or missing", () => {
    const map = [N, 8, 4, 4];
    expect(message("layer_norm", { axes: 0 }, map)).toEqual([
      "CNN2013: `layer_norm` cannot normalise over axis 0",
      "^ this is the batch: images must not depend on each other",
      "help: leave `axes` out for all axes but the batch, or write `axes: channel`",
    ]);
    expect(message("layer_norm", { axes: [3, -1] }, map)).toContain("^ the axis is named twice");
    expect(message("layer_norm", { axes: 64 }, map)[0]).toMatch(/^CNN2050:.*axis 64$/);
  });

  test("of a single pixel", () => {
    expect(message("instance_norm", {}, [N, 8, 1, 1])).toEqual([
      "CNN2014: `instance_norm` has a single value per channel to normalise",
      "^ gets [N, 8, 1, 1]",
      "help: put it in front of the layer that reduced the map to one pixel, or remove it",
    ]);
  });
});

test("impossible arguments are refused by their parameter", () => {
  const map = [N, 4, 8, 8];
  expect(outcome("conv", { out: 0, kernel: 3 }, map)).toEqual({ refused: "out" });
  expect(outcome("conv", { out: 4, kernel: [3, 0] }, map)).toEqual({ refused: "kernel" });
  expect(outcome("conv", { out: 4, kernel: 3, padding: -1 }, map)).toEqual({ refused: "padding" });
  expect(outcome("conv", { out: 4, kernel: 3, padding: [1, 2, 3] }, map)).toEqual({
    refused: "padding",
  });
  expect(outcome("conv_transpose", { out: 4, kernel: 3, padding: "same" }, map)).toEqual({
    refused: "padding",
  });
  expect(outcome("max_pool", { kernel: 2, dilation: 0 }, map)).toEqual({ refused: "dilation" });
  expect(outcome("batch_norm", { momentum: 2 }, map)).toEqual({ refused: "momentum" });
  expect(outcome("conv", { out: 4 }, map)).toEqual({ refused: "kernel" });
});
