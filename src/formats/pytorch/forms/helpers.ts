/** Functions that a written module brings along, for layers that PyTorch lacks. */

export const HELPERS = {
  normalize: `def normalize(x, mean, std):
    shape = (-1,) + (1,) * (x.dim() - 2)
    mean = torch.tensor(mean, dtype=x.dtype, device=x.device).reshape(shape)
    std = torch.tensor(std, dtype=x.dtype, device=x.device).reshape(shape)
    return (x - mean) / std`,
  adain: `def adain(content, style, eps):
    scale, shift = style[:, :, None, None].chunk(2, dim=1)
    return F.instance_norm(content, eps=eps) * (1 + scale) + shift`,
  depth_to_space: `def depth_to_space(x, factor):
    n, c, h, w = x.shape
    x = x.reshape(n, factor, factor, c // factor**2, h, w).permute(0, 3, 4, 1, 5, 2)
    return x.reshape(n, c // factor**2, h * factor, w * factor)`,
  space_to_depth: `def space_to_depth(x, factor):
    n, c, h, w = x.shape
    x = x.reshape(n, c, h // factor, factor, w // factor, factor).permute(0, 3, 5, 1, 2, 4)
    return x.reshape(n, c * factor**2, h // factor, w // factor)`,
} as const;
