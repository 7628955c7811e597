/** The program that `cnn init` writes: small, complete, and with the parts that one changes first. */

export const starter = `/// A small network for square images: three times the map is halved and its channels doubled.
model Net(image: [N, 3, 32, 32]) -> [N, 10] {
  image
    -> Stage(32) -> Stage(64) -> Stage(128)
    -> global_avg_pool -> flatten
    -> linear(10)
}

// A block is a part that is used several times. \`x\` is what flows in; its sizes have names.
block Stage(x: [N, C, H, W], out: int) -> [N, out, H / 2, W / 2] where H % 2 == 0, W % 2 == 0 {
  x
    -> conv(out, kernel: 3, padding: 1, bias: false) -> batch_norm -> relu
    -> max_pool(2)
}
`;
