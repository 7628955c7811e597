"""Makes `state-dicts.json`, `network-outputs.json` and `network-outputs-full.json`: what PyTorch's
own networks look like.

`state-dicts.json` has the names and shapes of torchvision's weights in their order.
`network-outputs.json` has float64 outputs of networks whose weights and inputs are given by a
formula (`values` here, `test/examples/formula.ts` there), so that nothing large is stored;
`network-outputs-full.json` has the same for images of the size that networks are used with. The
networks that torchvision lacks are written down below from their papers, in PyTorch's layers.

Run with torch 1.13 and torchvision 0.14: python3 make-networks.py
"""

import json
import math
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torchvision

HERE = Path(__file__).parent


def uniform(name, count):
    """MurmurHash3's finaliser over index and FNV-1a of the name, as numbers in [0, 1)."""
    seed = 0x811C9DC5
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x01000193) & 0xFFFFFFFF
    h = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B1) ^ np.uint32(seed)
    h ^= h >> np.uint32(16)
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> np.uint32(13)
    h *= np.uint32(0xC2B2AE35)
    h ^= h >> np.uint32(16)
    return h / 2.0**32


def values(name, shape):
    u = uniform(name, math.prod(shape))
    if len(shape) > 1:
        u = (2 * u - 1) * math.sqrt(6 / math.prod(shape[1:]))
    elif name.endswith((".weight", ".running_var")):
        u = 0.5 + u
    else:
        u = (2 * u - 1) * 0.1
    return torch.from_numpy(u.reshape(shape))


def fill(net):
    with torch.no_grad():
        for name, tensor in net.state_dict().items():
            if not name.endswith("num_batches_tracked"):
                tensor.copy_(values(name, tuple(tensor.shape)))


class DoubleConv(nn.Module):
    def __init__(self, channels, width):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(x)))


class VGG(nn.Module):
    """VGG for CIFAR-10: three stages of two convolutions."""

    def __init__(self):
        super().__init__()
        self.stage1 = DoubleConv(3, 64)
        self.stage2 = DoubleConv(64, 128)
        self.stage3 = DoubleConv(128, 256)
        self.fc = nn.Linear(256 * 4 * 4, 10)

    def forward(self, x):
        for stage in (self.stage1, self.stage2, self.stage3):
            x = F.max_pool2d(stage(x), 2)
        return self.fc(torch.flatten(x, 1))


class Up(nn.Module):
    def __init__(self, channels, width):
        super().__init__()
        self.up = nn.ConvTranspose2d(channels, width, 2, stride=2)
        self.conv = DoubleConv(2 * width, width)

    def forward(self, x, skip):
        return self.conv(torch.cat([skip, self.up(x)], 1))


class UNet(nn.Module):
    """Ronneberger et al., 2015, with padding and batch normalisation."""

    def __init__(self):
        super().__init__()
        self.down1 = DoubleConv(1, 32)
        self.down2 = DoubleConv(32, 64)
        self.down3 = DoubleConv(64, 128)
        self.down4 = DoubleConv(128, 256)
        self.bottom = DoubleConv(256, 512)
        self.up4 = Up(512, 256)
        self.up3 = Up(256, 128)
        self.up2 = Up(128, 64)
        self.up1 = Up(64, 32)
        self.out = nn.Conv2d(32, 2, 1)

    def forward(self, x):
        d1 = self.down1(x)
        d2 = self.down2(F.max_pool2d(d1, 2))
        d3 = self.down3(F.max_pool2d(d2, 2))
        d4 = self.down4(F.max_pool2d(d3, 2))
        x = self.bottom(F.max_pool2d(d4, 2))
        x = self.up4(x, d4)
        x = self.up3(x, d3)
        x = self.up2(x, d2)
        x = self.up1(x, d1)
        return self.out(x)


class Styled(nn.Module):
    """Karras et al., 2018: the style holds the scale's difference from 1, then the shift."""

    def __init__(self, channels, latent):
        super().__init__()
        self.style = nn.Linear(latent, 2 * channels)

    def forward(self, x, latent):
        scale, shift = self.style(latent)[:, :, None, None].chunk(2, 1)
        return F.instance_norm(F.leaky_relu(x, 0.2), eps=1e-8) * (1 + scale) + shift


class Synthesis(nn.Module):
    def __init__(self, channels, latent, out):
        super().__init__()
        self.conv = nn.Conv2d(channels, out, 3, padding=1)
        self.styled = Styled(out, latent)

    def forward(self, x, latent):
        x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        return self.styled(self.conv(x), latent)


class StyleGAN(nn.Module):
    """A small generator, from a 4×4 start to 32×32 pixels."""

    def __init__(self):
        super().__init__()
        layers = [layer for _ in range(4) for layer in (nn.Linear(64, 64), nn.LeakyReLU(0.2))]
        self.mapping = nn.Sequential(*layers)
        self.first = Styled(128, 64)
        self.block8 = Synthesis(128, 64, 128)
        self.block16 = Synthesis(128, 64, 64)
        self.block32 = Synthesis(64, 64, 32)
        self.rgb = nn.Conv2d(32, 3, 1)

    def forward(self, z, start):
        latent = self.mapping(z)
        x = self.first(start, latent)
        for block in (self.block8, self.block16, self.block32):
            x = block(x, latent)
        return self.rgb(x)


def torchvision_net(name, **options):
    return getattr(torchvision.models, name)(weights=None, **options)


TORCHVISION = {
    "resnet18": {},
    "mobilenet_v2": {},
    "squeezenet1_1": {},
    "vgg11_bn": {},
    "densenet121": {},
    "googlenet": {"aux_logits": False, "init_weights": False},
}
OTHERS = {"vgg": VGG, "unet": UNet, "stylegan": StyleGAN}
INPUTS = {
    "vgg": {"image": (1, 3, 32, 32)},
    "unet": {"image": (1, 1, 32, 16)},
    "stylegan": {"z": (1, 64), "start": (1, 128, 4, 4)},
}
# Odd and not square, so that every border and every rounding counts.
IMAGE = {"image": (1, 3, 65, 47)}
FULL_INPUTS = {**INPUTS, "unet": {"image": (1, 1, 224, 224)}}
FULL_IMAGE = {"image": (1, 3, 224, 224)}
SAMPLES = 10


def shapes(net):
    return {
        name: list(tensor.shape)
        for name, tensor in net.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }


def output(net, inputs):
    net = net.double().eval()
    fill(net)
    with torch.no_grad():
        y = net(*(values(name, shape) for name, shape in inputs.items()))
    flat = y.flatten()
    step = max(1, len(flat) // SAMPLES)
    return {
        "inputs": {name: list(shape) for name, shape in inputs.items()},
        "shape": list(y.shape),
        "step": step,
        "samples": [float(v) for v in flat[::step][:SAMPLES]],
        "norm": float(flat.norm()),
    }


def write(name, content):
    text = json.dumps(content, separators=(",", ":"))
    (HERE / name).write_text(text.replace("},", "},\n") + "\n")


def main():
    nets = {name: torchvision_net(name, **options) for name, options in TORCHVISION.items()}
    source = f"torchvision {torchvision.__version__}, by make-networks.py"
    write("state-dicts.json", {"source": source, **{n: shapes(net) for n, net in nets.items()}})
    # vgg11_bn has 133 million weights, too many for a test.
    runs = {name: net for name, net in nets.items() if name != "vgg11_bn"}
    runs |= {name: net() for name, net in OTHERS.items()}
    source = f"PyTorch {torch.__version__} in float64, by make-networks.py"
    outputs = {name: output(net, INPUTS.get(name, IMAGE)) for name, net in runs.items()}
    write("network-outputs.json", {"source": source, **outputs})
    outputs = {name: output(net, FULL_INPUTS.get(name, FULL_IMAGE)) for name, net in runs.items()}
    write("network-outputs-full.json", {"source": source, **outputs})


main()
