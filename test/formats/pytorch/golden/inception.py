import torch
from torch import nn
from torch.nn import functional as F


class BasicConv(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, padding):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size, padding=padding, bias=False)
        self.bn = nn.BatchNorm2d(out_channels, eps=0.001)

    def forward(self, x):
        x = self.conv(x)
        x = self.bn(x)
        return F.relu(x)


class Inception(nn.Module):
    def __init__(self):
        super().__init__()
        self.branch1 = BasicConv(192, 64, kernel_size=1, padding=0)
        self.branch2 = nn.Sequential(
            BasicConv(192, 96, kernel_size=1, padding=0),
            BasicConv(96, 128, kernel_size=3, padding=1),
        )
        self.branch3 = nn.Sequential(
            BasicConv(192, 16, kernel_size=1, padding=0),
            BasicConv(16, 32, kernel_size=3, padding=1),
        )
        self.branch4 = nn.Sequential(
            nn.MaxPool2d(3, stride=1, padding=1),
            BasicConv(192, 32, kernel_size=1, padding=0),
        )

    def forward(self, x):
        branch1 = self.branch1(x)
        branch2 = self.branch2(x)
        branch3 = self.branch3(x)
        x = self.branch4(x)
        return torch.cat((branch1, branch2, branch3, x), dim=1)


class InceptionModule(nn.Module):
    """The first module of GoogLeNet on its own (Szegedy et al., 2014)."""

    def __init__(self):
        super().__init__()
        self.inception3a = Inception()

    def forward(self, x):
        return self.inception3a(x)
