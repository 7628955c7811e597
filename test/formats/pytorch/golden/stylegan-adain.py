import torch
from torch import nn
from torch.nn import functional as F


def adain(content, style, eps):
    scale, shift = style[:, :, None, None].chunk(2, dim=1)
    return F.instance_norm(content, eps=eps) * (1 + scale) + shift


class Styled(nn.Module):
    def __init__(self, out_features):
        super().__init__()
        self.style = nn.Linear(64, out_features)

    def forward(self, x, y):
        x = self.style(x)
        y = F.leaky_relu(y, negative_slope=0.2)
        return adain(y, x, 1e-8)


class Synthesis(nn.Module):
    def __init__(self, in_channels, out_channels, out_features):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, 3, padding=1)
        self.styled = Styled(out_features)

    def forward(self, x, y):
        x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        x = self.conv(x)
        return self.styled(y, x)


class StyleGAN(nn.Module):
    """A small StyleGAN generator (Karras et al., 2018) from a 4×4 start to 32×32 pixels."""

    def __init__(self):
        super().__init__()
        self.mapping = nn.Sequential(
            nn.Linear(64, 64),
            nn.LeakyReLU(negative_slope=0.2),
            nn.Linear(64, 64),
            nn.LeakyReLU(negative_slope=0.2),
            nn.Linear(64, 64),
            nn.LeakyReLU(negative_slope=0.2),
            nn.Linear(64, 64),
            nn.LeakyReLU(negative_slope=0.2),
        )
        self.first = Styled(256)
        self.block8 = Synthesis(128, 128, 256)
        self.block16 = Synthesis(128, 64, 128)
        self.block32 = Synthesis(64, 32, 64)
        self.rgb = nn.Conv2d(32, 3, 1)

    def forward(self, z, start):
        mapping = self.mapping(z)
        x = self.first(mapping, start)
        x = self.block8(x, mapping)
        x = self.block16(x, mapping)
        x = self.block32(x, mapping)
        x = self.rgb(x)
        return {"image": x, "latent": mapping}
