"""
Writes pytorch-modules.onnx, pytorch-script.onnx and pytorch-pads.onnx by PyTorch's own exporter: modules as
functions, a script with a branch, and pads of every mode. The files in the repository were made with torch 1.13 (its exporter refuses
`export_modules_as_functions` for a second model in one process).

    python3 test/material/exporters/torch_exports.py
"""

import os

import torch
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))


class Block(nn.Module):
    def __init__(self, channels, kernel=3):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, kernel, padding=kernel // 2)
        self.bn = nn.BatchNorm2d(channels)
        self.act = nn.SiLU()

    def forward(self, x):
        return x + self.act(self.bn(self.conv(x)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.a = Block(8)
        self.b = Block(8, 5)
        self.norm = nn.GroupNorm(2, 8)
        self.act = nn.GELU()
        self.fc = nn.Linear(8, 10)

    def forward(self, x):
        x = self.act(self.norm(self.b(self.a(self.stem(x)))))
        return self.fc(x.mean((2, 3)))


class Branching(nn.Module):
    def __init__(self):
        super().__init__()
        self.c = nn.Conv2d(3, 1, 3)
        self.d = nn.Conv2d(3, 2, 3)
        self.f = nn.Linear(36, 4)

    def forward(self, x):
        a = torch.squeeze(self.c(x), 1).flatten(1)
        b = torch.squeeze(self.d(x), 1).mean(1).flatten(1)
        if a.shape[1] == 36:
            a = torch.relu(a)
        else:
            a = a * 2
        return self.f(a + b)


class Pads(nn.Module):
    """Pads of every mode, whose numbers the exporter reverses and transposes in the model."""

    def __init__(self):
        super().__init__()
        self.mirror = nn.ReflectionPad2d((2, 1, 1, 2))
        self.edge = nn.ReplicationPad2d(1)
        self.conv = nn.Conv2d(3, 12, 3)

    def forward(self, x):
        x = torch.nn.functional.pad(self.edge(self.mirror(x)), (0, 1, 2, 0), value=0.5)
        return torch.nn.functional.pixel_shuffle(self.conv(x), 2)


torch.manual_seed(0)
torch.onnx.export(
    torch.jit.script(Branching().eval()),
    torch.randn(2, 3, 8, 8),
    os.path.join(HERE, "pytorch-script.onnx"),
    opset_version=13,
    input_names=["image"],
    dynamic_axes={"image": {0: "N"}},
)
torch.onnx.export(
    Pads().eval(),
    torch.randn(2, 3, 6, 6),
    os.path.join(HERE, "pytorch-pads.onnx"),
    opset_version=13,
    input_names=["image"],
    dynamic_axes={"image": {0: "N"}},
)
torch.onnx.export(
    Net().eval(),
    torch.randn(1, 3, 16, 16),
    os.path.join(HERE, "pytorch-modules.onnx"),
    opset_version=15,
    export_modules_as_functions=True,
    input_names=["image"],
    output_names=["logits"],
)
