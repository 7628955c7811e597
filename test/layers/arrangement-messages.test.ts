/** What arithmetic, shape and resampling layers say of sizes that do not fit. */
import { describe, expect, test } from "vitest";
import { add, floorDiv, mul, named } from "../../src/graph/dim.ts";
import type { PlainArguments } from "./arguments.ts";
import { message } from "./message.ts";
import { outcome } from "./outcome.ts";

const N = named("N");
const C = named("C");
const H = named("H");
const W = named("W");

describe("joining", () => {
  test("a residual connection without a projection", () => {
    expect(message("add", {}, [N, 512, 7, 7], [N, 256, 7, 7])).toEqual([
      "CNN2051: `add` needs the same channels on both sides, gets 512 and 256",
      "^ [N, 512, 7, 7] meets [N, 256, 7, 7]",
      "help: give both sides the same channels: a projection `conv(512, kernel: 1)` on the side " +
        "with 256, or the other way round",
    ]);
  });

  test("branches of different strides", () => {
    expect(message("add", {}, [N, 64, 28, 28], [N, 64, 14, 14])).toEqual([
      "CNN2051: `add` needs the same height on both sides, gets 28 and 14",
      "^ [N, 64, 28, 28] meets [N, 64, 14, 14]",
      "help: give both sides the same strides, and kernels whose padding keeps the size",
    ]);
  });

  test("a gate without height and width", () => {
    expect(message("mul", {}, [N, 64, 28, 28], [N, 64])).toEqual([
      "CNN2051: `mul` cannot match [N, 64, 28, 28] with [N, 64]",
      "^ from the last axis backwards, 28 meets N",
      "help: shapes are compared from their last axis: a gate [N, C] for a map [N, C, H, W] needs " +
        "the shape [N, C, 1, 1] (`global_avg_pool` and `conv(…, kernel: 1)` keep it)",
    ]);
  });

  test("a U-Net on 350×525: sizes 20 and 21 meet", () => {
    const [first, second] = message("concat", {}, [1, 256, 21, 32], [1, 256, 20, 32]);
    expect(first).toBe(
      "CNN2052: `concat` along the channels needs the same height everywhere, gets 21 and 20",
    );
    expect(second).toBe("^ tensor 1 is [1, 256, 21, 32], tensor 2 is [1, 256, 20, 32]");
  });

  test("a U-Net on any size", () => {
    const halved = mul(2, floorDiv(H, 2));
    expect(message("concat", {}, [N, 8, H, W], [N, 8, H, W], [N, 4, halved, W])[0]).toBe(
      "CNN2052: `concat` along the channels needs the same height everywhere, gets H and " +
        "2·floor(H / 2)",
    );
  });

  test("the axis that is joined may differ, the others not", () => {
    expect(outcome("concat", {}, [N, 3, H, W], [N, C, H, W])).toEqual({
      shapes: [[N, add(C, 3), H, W]],
    });
    expect(message("concat", { axis: "height" }, [N, 3, 4, 5], [N, 2, 6, 5])[0]).toBe(
      "CNN2052: `concat` along the height needs the same channels everywhere, gets 3 and 2",
    );
  });

  test("a map with a vector", () => {
    expect(message("concat", {}, [N, 3, 4, 5], [N, 3])).toEqual([
      "CNN2053: `concat` needs tensors with equally many axes",
      "^ tensor 1 is [N, 3, 4, 5], tensor 2 is [N, 3]",
      "help: put `flatten` behind the map, or `reshape` the other one",
    ]);
  });

  test("named sizes stretch only where they are proved equal or meet a 1", () => {
    expect(outcome("mul", {}, [N, C, H, W], [N, C, 1, 1])).toEqual({ shapes: [[N, C, H, W]] });
    expect(message("mul", {}, [N, C, H, W], [N, 16, 1, 1])[0]).toBe(
      "CNN2051: `mul` needs the same channels on both sides, gets C and 16",
    );
  });
});

describe("axes", () => {
  test("one that the input lacks", () => {
    expect(message("softmax", { axis: "width" }, [N, 10])).toEqual([
      "CNN2050: `softmax` cannot work along axis 3",
      "^ the input [N, 10] has 2 axes",
      "help: axes count from 0 to 1, or back from -1, which is the last",
    ]);
    expect(message("mean", {}, [N, 10])[0]).toBe("CNN2050: `mean` cannot work along axis 2");
    expect(message("flatten", { end_axis: -5 }, [N, 1, 2, 3])[0]).toBe(
      "CNN2050: `flatten` cannot work along axis -5",
    );
  });

  test("an order that leaves one out", () => {
    expect(message("permute", { order: [0, 2, 3] }, [N, 1, 2, 3])).toEqual([
      "CNN2058: `permute` must name every axis once",
      "^ (0, 2, 3) is not an order of the axes of [N, 1, 2, 3]",
      "help: name each of 0 to 3 once",
    ]);
    expect(message("permute", { order: [0, 1, 1, 2, 3] }, [N, 1, 2, 3])[0]).toMatch("CNN2058");
  });

  test("flattened from behind", () => {
    expect(message("flatten", { start_axis: 3, end_axis: 1 }, [N, 1, 2, 3])).toEqual([
      "CNN2061: the arguments of `flatten` do not go together",
      "^ axis 3 comes after axis 1",
      "help: give the first axis as `start_axis`",
    ]);
  });
});

describe("parts", () => {
  test("that are not equal", () => {
    expect(message("split", { sections: 3 }, [N, 64, 8, 8])).toEqual([
      "CNN2054: `split` cannot cut channels of 64 into 3 equal parts",
      "^ 3 parts: 64 / 3 is not a whole number",
      "help: make the channels a multiple of 3",
    ]);
    expect(message("pixel_shuffle", { factor: 2 }, [N, 6, 8, 8])[1]).toBe(
      "^ factor² = 4: 6 / 4 is not a whole number",
    );
    expect(message("channel_shuffle", { groups: 4 }, [N, 6, 8, 8])[1]).toBe(
      "^ 4 groups: 6 / 4 is not a whole number",
    );
  });

  test("whose number would fill the memory", () => {
    expect(message("split", { sections: 1e9 }, [N, C, 8, 8])[0]).toMatch("CNN2054");
    expect(message("split", { sections: 1e9 }, [N, 64, 8, 8])[0]).toMatch("CNN2054");
  });

  test("that are not the whole", () => {
    expect(message("split", { sections: [16, 32] }, [N, 64, 8, 8])).toEqual([
      "CNN2055: the parts of `split` are 48 together, the channels 64",
      "^ 16 + 32 = 48",
    ]);
  });

  test("outside the axis", () => {
    expect(message("slice", { axis: "height", end: 9 }, [N, 64, 8, 8])).toEqual([
      "CNN2056: `slice` from 0 to 9 is not within the height",
      "^ the height has 8 places",
      "help: start and end count from 0 to 8, or back from the end below 0; the end is not included",
    ]);
    expect(message("slice", { axis: 1, start: 5, end: 5 }, [N, 64, 8, 8])[0]).toMatch("CNN2056");
    expect(message("slice", { axis: 1, start: -65 }, [N, 64, 8, 8])[0]).toMatch("CNN2056");
  });
});

describe("reshape", () => {
  test("to another number of elements", () => {
    expect(message("reshape", { shape: [N, 120] }, [N, 16, 5, 5])).toEqual([
      "CNN2057: `reshape` does not keep the number of elements",
      "^ [N, 16, 5, 5] cannot become [N, 120]",
      "= elements: 400·N given, 120·N asked for",
      "help: write -1 for one size: it then follows from the others",
    ]);
    expect(message("reshape", { shape: [N, 7, -1] }, [N, 16, 5, 5])[2]).toBe(
      "= elements: 400·N given, a multiple of 7·N asked for",
    );
  });

  test("with the wrong open sizes", () => {
    expect(message("reshape", { shape: [-1, -1] }, [N, 16])).toEqual([
      "CNN2061: the arguments of `reshape` do not go together",
      "^ the sizes are [-1, -1]",
      "help: write -1 for one size only",
    ]);
    expect(message("reshape", { shape: [N, 0] }, [N, 16])[2]).toBe(
      "help: sizes are at least 1, or -1 for the open one",
    );
  });

  test("of named sizes", () => {
    expect(outcome("reshape", { shape: [N, 4, -1] }, [N, 8, H, W])).toEqual({
      shapes: [[N, 4, mul(2, H, W)]],
    });
    expect(outcome("reshape", { shape: [N, -1, W] }, [N, 8, H, W])).toEqual({
      shapes: [[N, mul(8, H), W]],
    });
    expect(message("reshape", { shape: [N, -1, C] }, [N, 8, H, W])[0]).toMatch("CNN2057");
  });
});

describe("maps", () => {
  test("too small for their mirror image", () => {
    expect(message("pad", { padding: [1, 3], mode: "reflect" }, [N, 3, 8, 3])).toEqual([
      "CNN2059: the width is too small to be mirrored so far",
      "^ padding 3 needs a size of at least 4, gets 3",
      "help: pad less, or use `mode: edge`, which repeats the last pixel",
    ]);
  });

  test("with other channels than are given values", () => {
    expect(message("normalize", { mean: [0.5, 0.4, 0.3], std: 1 }, [N, 1, 8, 8])).toEqual([
      "CNN2060: `mean` of `normalize` has 3 values for 1 channel",
      "^ the input is [N, 1, 8, 8]",
      "help: give one value",
    ]);
    expect(message("prelu", { num_parameters: 4 }, [N, 3, 8, 8])[0]).toBe(
      "CNN2060: `num_parameters` of `prelu` has 4 values for 3 channels",
    );
  });

  test("that vanish", () => {
    expect(message("upsample", { scale: [1, 0.25] }, [N, 3, 8, 3])).toEqual([
      "CNN2062: `upsample` leaves nothing of the width",
      "^ floor(3 · 0.25) is less than 1",
      "help: take a larger scale or a larger input",
    ]);
  });

  test.each<[string, PlainArguments]>([
    ["channel_shuffle", { groups: 2 }],
    ["pad", { padding: 1 }],
    ["pixel_shuffle", { factor: 2 }],
    ["upsample", { scale: 2 }],
  ])("are needed by %s", (kind, given) => {
    expect(message(kind, given, [N, 4])[0]).toBe(`CNN2001: \`${kind}\` needs a map [N, C, H, W]`);
  });
});

describe("arguments that do not go together", () => {
  test.each<[string, PlainArguments, string]>([
    ["clip", {}, "neither `min` nor `max` is given"],
    ["clip", { min: 1, max: 0.5 }, "min 1 is above max 0.5"],
    ["pad", { padding: 1, mode: "edge", value: 2 }, "`value: 2` has no place in `mode: edge`"],
    ["upsample", {}, "neither `scale` nor `size` is given"],
    ["upsample", { scale: 2, size: 8 }, "both `scale` and `size` are given"],
    ["upsample", { scale: 2, align_corners: true }, "`nearest` has no corners to align"],
  ])("%s %j", (kind, given, text) => {
    expect(message(kind, given, [N, 3, 4, 5])[1]).toBe(`^ ${text}`);
  });
});

describe("arguments out of range are refused", () => {
  test.each<[string, PlainArguments, string]>([
    ["celu", { alpha: 0 }, "alpha"],
    ["dropout", { p: 1.5 }, "p"],
    ["gelu", { approximate: "erf" }, "approximate"],
    ["normalize", { mean: 0, std: 0 }, "std"],
    ["normalize", { mean: 0, std: [1, -1, 1] }, "std"],
    ["pad", { padding: 0.5 }, "padding"],
    ["pad", { padding: [1, 2, 3] }, "padding"],
    ["pixel_shuffle", { factor: 0 }, "factor"],
    ["slice", { axis: 1, step: 0 }, "step"],
    ["slice", { axis: "depth" }, "axis"],
    ["softplus", { beta: 0 }, "beta"],
    ["split", { sections: 0 }, "sections"],
    ["upsample", { scale: 0 }, "scale"],
    ["upsample", { scale: Math.SQRT2 }, "scale"],
    ["upsample", { size: [0, 4] }, "size"],
  ])("%s %j", (kind, given, parameter) => {
    expect(outcome(kind, given, [N, 3, 4, 5])).toEqual({ refused: parameter });
  });
});

describe("sizes that follow from names", () => {
  test.each<[string, PlainArguments, readonly (typeof H)[]]>([
    ["upsample", { scale: 2 }, [N, 3, mul(2, H), mul(2, W)]],
    ["upsample", { scale: 1.5 }, [N, 3, floorDiv(mul(3, H), 2), floorDiv(mul(3, W), 2)]],
    ["upsample", { size: [add(H, 1), 7] }, [N, 3, add(H, 1), 7]],
    ["pad", { padding: [1, 2] }, [N, 3, add(H, 2), add(W, 4)]],
    ["flatten", {}, [N, mul(3, H, W)]],
    ["permute", { order: [0, 3, 1, 2] }, [N, W, 3, H]],
    ["mean", {}, [N, 3]],
  ])("%s %j", (kind, given, shape) => {
    expect(outcome(kind, given, [N, 3, H, W])).toEqual({ shapes: [shape] });
  });
});
