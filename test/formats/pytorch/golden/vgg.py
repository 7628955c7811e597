import torch
from torch import nn
from torch.nn import functional as F


class Stage(nn.Module):
    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)

    def forward(self, x):
        x = self.conv1(x)
        x = self.bn1(x)
        x = F.relu(x)
        x = self.conv2(x)
        x = self.bn2(x)
        x = F.relu(x)
        return F.max_pool2d(x, 2)


class VGG(nn.Module):
    """A small VGG (Simonyan and Zisserman, 2014) for CIFAR-10."""

    def __init__(self):
        super().__init__()
        self.stage1 = Stage(3, 64)
        self.stage2 = Stage(64, 128)
        self.stage3 = Stage(128, 256)
        self.fc = nn.Linear(4096, 10)

    def forward(self, image):
        x = self.stage1(image)
        x = self.stage2(x)
        x = self.stage3(x)
        x = torch.flatten(x, start_dim=1)
        return self.fc(x)
