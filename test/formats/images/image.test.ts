/** Files and pixels are Pillow's (9.4); the interlaced one was packed by hand and read by it. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readImage } from "../../../src/formats/images/image.ts";
import { readPng } from "../../../src/formats/images/png.ts";
import { named } from "../../../src/graph/dim.ts";
import type { Tensor } from "../../../src/graph/tensor.ts";
import { bytesOf } from "../tensors/bytes.ts";

const GREY = bytesOf(
  "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAAAAAC4HznGAAAAEElEQVR4nGNQ/XKQyfX7fgAODAPYE/v7WwAAAABJRU5ErkJggg==",
);
const GREY_PIXELS = [37, 244, 193, 106, 235, 128];
const RGB = bytesOf(
  "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAHUlEQVR4nGPo0U/f4SGy591/xjp2Bu49Z6Zz3AMAU5cIdkbi534AAAAASUVORK5CYII=",
);
const RGB_PIXELS = [
  [140, 47, 103],
  [184, 72, 20],
  [188, 238, 255],
  [126, 7, 0],
  [137, 195, 204],
  [32, 203, 170],
];
const PALETTE = bytesOf(
  "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACBAMAAABvWnspAAAAD1BMVEWj2eYgy6q4SBSML2d+BwC/ySH/AAAADklEQVR4nGMwYmBwEAAAAZAAg9yONNgAAAAASUVORK5CYII=",
);
const PALETTE_PIXELS = [
  [140, 47, 103],
  [184, 72, 20],
  [163, 217, 230],
  [126, 7, 0],
  [163, 217, 230],
  [32, 203, 170],
];
const RGBA = bytesOf(
  "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAYAAACddGYaAAAAI0lEQVR4nGNslTv4/9TaC2qFHffFmbiTHkkYtX514Mmx+wwAo1wLvwceg3MAAAAASUVORK5CYII=",
);
/** `Image.alpha_composite` over white, which rounds to whole levels. */
const RGBA_OVER_WHITE = [
  [133, 30, 193],
  [229, 247, 239],
  [240, 215, 221],
  [245, 244, 247],
  [205, 186, 207],
  [246, 243, 240],
];
const ONE_BIT = bytesOf(
  "iVBORw0KGgoAAAANSUhEUgAAAAsAAAADAQAAAABthMjmAAAAEUlEQVR4nGMoOcDEzsD09QAAC8gC9aYkYLEAAAAASUVORK5CYII=",
);
const ONE_BIT_PIXELS = "011101001100111101111001110000100";
const DEEP = bytesOf(
  "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACEAAAAADoj+WFAAAAFklEQVR4nGPIvcTAn+PAFP3JgOugPgAfSgR0ziaBRAAAAABJRU5ErkJggg==",
);
const DEEP_PIXELS = [28114, 15, 27712, 51396, 12313, 11631];
/** GREY with 244 declared transparent. */
const GREY_TRANSPARENT = bytesOf(
  "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAAAAAC4HznGAAAAAnRSTlMA9MxD+z0AAAAQSURBVHicY1D9cpDJ9ft+AA4MA9gT+/tbAAAAAElFTkSuQmCC",
);
const PALETTE_TRANSPARENT = bytesOf(
  "iVBORw0KGgoAAAANSUhEUgAAAAUAAAACAgMAAADtBP7OAAAADFBMVEX/AAAA/wAKFB4AAAChhnKdAAAAA3RSTlP/AICpVnMTAAAADklEQVR4nGPocGBwcwAABHoBT+h1IBUAAAAASUVORK5CYII=",
);
const INTERLACED = bytesOf(
  "iVBORw0KGgoAAAANSUhEUgAAAAUAAAADCAAAAAEJWqqyAAAAH0lEQVR4nGNIZjjHcIXhxd6LDN0WDPeeMXgo8L33BwBhwAi3BrAOiwAAAABJRU5ErkJggg==",
);
const INTERLACED_PIXELS = [99, 139, 212, 56, 206, 72, 32, 14, 239, 79, 232, 222, 189, 230, 209];
const INTERLACED_4_BITS = bytesOf(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABBAAAAAGIiUbCAAAACklEQVR4nGP4AAAA8gDxnPEd5gAAAABJRU5ErkJggg==",
);
/** 3×2 pixels whose data unpacks to 20,000 bytes. */
const BOMB = bytesOf(
  "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAAAAAC4HznGAAAAKklEQVR4nO3BMQEAAADCoPVPbQ0PoAAAAAAAAAAAAAAAAAAAAAAAAAB4ME4gAAEun6E2AAAAAElFTkSuQmCC",
);
const JPEG = bytesOf("/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDA==");

const grey = { name: "image", shape: [named("N"), 1, named("H"), named("W")] };
const colour = { name: "image", shape: [named("N"), 3, named("H"), named("W")] };

function pixelsOf(bytes: Uint8Array, input: typeof grey): Tensor {
  const image = readImage(bytes, "digit.png", input);
  if ("code" in image) throw new Error(JSON.stringify(image));
  return image;
}

/** Levels 0..255 of `[1, C, H, W]`. */
const levels = ({ data }: Tensor): number[] => [...data].map((value) => value * 255);

const planes = (pixels: readonly (readonly number[])[]): number[] =>
  [0, 1, 2].flatMap((channel) => pixels.map((pixel) => pixel[channel]));

function expectClose(got: readonly number[], wanted: readonly number[], within = 1e-9): void {
  expect(got).toHaveLength(wanted.length);
  for (const [i, value] of got.entries()) expect(Math.abs(value - wanted[i])).toBeLessThan(within);
}

describe("readImage", () => {
  test("takes a grey image for a grey input", () => {
    const image = pixelsOf(GREY, grey);
    expect(image.shape).toEqual([1, 1, 2, 3]);
    expectClose(levels(image), GREY_PIXELS);
  });

  test("takes an RGB image for an RGB input, channels first", () => {
    const image = pixelsOf(RGB, colour);
    expect(image.shape).toEqual([1, 3, 2, 3]);
    expectClose(levels(image), planes(RGB_PIXELS));
  });

  test("repeats a grey image for an RGB input", () => {
    expectClose(levels(pixelsOf(GREY, colour)), [...GREY_PIXELS, ...GREY_PIXELS, ...GREY_PIXELS]);
  });

  test("makes grey of an RGB image by its luma", () => {
    // Pillow's convert("L") rounds: (140·299 + 47·587 + 103·114) / 1000 = 81.19.
    expectClose(levels(pixelsOf(RGB, grey)), [81, 100, 225, 42, 179, 148], 0.6);
    expect(levels(pixelsOf(RGB, grey))[0]).toBeCloseTo(81.191, 9);
  });

  test("lays a transparent image over white", () => {
    expectClose(levels(pixelsOf(RGBA, colour)), planes(RGBA_OVER_WHITE), 0.51);
    expectClose(levels(pixelsOf(GREY_TRANSPARENT, grey)), [37, 255, 193, 106, 235, 128]);
  });

  test("reads palettes, one bit, 16 bits and interlacing", () => {
    expectClose(levels(pixelsOf(PALETTE, colour)), planes(PALETTE_PIXELS));
    expect([...pixelsOf(ONE_BIT, grey).data].join("")).toBe(ONE_BIT_PIXELS);
    expectClose(
      [...pixelsOf(DEEP, grey).data].map((v) => v * 65535),
      DEEP_PIXELS,
    );
    expectClose(levels(pixelsOf(INTERLACED, grey)), INTERLACED_PIXELS);
  });

  test("reads a palette with transparent colours", () => {
    const picture = readPng(PALETTE_TRANSPARENT, "p.png");
    if ("code" in picture) throw new Error(picture.code);
    expect(picture.channels).toBe(4);
    const pixel = (i: number): number[] =>
      [...picture.samples.subarray(4 * i, 4 * i + 4)].map((v) => Math.round(v * 255));
    expect([0, 1, 4].map(pixel)).toEqual([
      [10, 20, 30, 128],
      [255, 0, 0, 255],
      [0, 255, 0, 0],
    ]);
  });

  test("refuses an image of another size and says both", () => {
    expect(readImage(RGB, "digit.png", { name: "image", shape: [1, 3, 28, 28] })).toEqual({
      code: "CNN5006",
      facts: { file: "digit.png", gets: "2×3", wants: "28×28" },
    });
  });

  test("refuses an input that no image fits", () => {
    expect(readImage(RGB, "a.png", { name: "z", shape: [named("N"), 64] })).toEqual({
      code: "CNN5007",
      facts: { input: "z", shape: "[N, 64]" },
    });
  });

  test.each([
    ["a JPEG", JPEG, "a JPEG image"],
    ["text", new TextEncoder().encode("hello"), "not an image"],
    ["nothing", new Uint8Array(), "an empty file"],
  ])("names the kind of %s", (_, bytes, found) => {
    expect(readImage(bytes, "a.jpg", grey)).toEqual({
      code: "CNN5005",
      facts: { file: "a.jpg", found },
    });
  });

  test.each([
    ["a cut file", RGB.subarray(0, RGB.length - 20), "it is cut short"],
    ["more data than pixels", BOMB, "it holds more pixel data than its size says"],
    [
      "interlaced 4-bit samples",
      INTERLACED_4_BITS,
      "it is interlaced with fewer than 8 bits a sample, which is not read",
    ],
    ["a size beyond its data", withSize(RGB, 5000, 5000), "its pixel data is cut short"],
    ["no pixels", withSize(RGB, 0, 2), "it says that it has no pixels"],
    [
      "a size beyond any memory",
      withSize(RGB, 2 ** 31, 2 ** 31),
      "it has 2147483648×2147483648 pixels, more than 67108864 in all",
    ],
  ])("refuses %s", (_, bytes, reason) => {
    expect(readImage(bytes, "a.png", grey)).toEqual({
      code: "CNN5002",
      facts: { file: "a.png", format: "PNG", reason },
    });
  });

  test("never throws on a changed file", () => {
    const files = [GREY, RGBA, PALETTE, PALETTE_TRANSPARENT, INTERLACED, DEEP];
    const change = fc.record({ at: fc.nat(300), byte: fc.nat(255) });
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(change, { minLength: 1, maxLength: 5 }),
        (file, changes) => {
          const bytes = file.slice();
          for (const { at, byte } of changes) bytes[at % bytes.length] = byte;
          const image = readImage(bytes, "a.png", colour);
          if (!("code" in image)) expect(image.data.every((v) => v >= 0 && v <= 1)).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

function withSize(bytes: Uint8Array, width: number, height: number): Uint8Array {
  const changed = bytes.slice();
  const view = new DataView(changed.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return changed;
}
