import torch
from torch import nn
from torch.nn import functional as F


class InvertedResidual(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(
            nn.Sequential(
                nn.Conv2d(32, 32, 3, padding=1, groups=32, bias=False),
                nn.BatchNorm2d(32),
                nn.ReLU6(),
            ),
            nn.Conv2d(32, 16, 1, bias=False),
            nn.BatchNorm2d(16),
        )

    def forward(self, x):
        return self.conv(x)


class InvertedResidual2(nn.Module):
    def __init__(self, in_channels, out_channels, stride, conv_out_channels):
        super().__init__()
        self.conv = nn.Sequential(
            nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 1, bias=False),
                nn.BatchNorm2d(out_channels),
                nn.ReLU6(),
            ),
            nn.Sequential(
                nn.Conv2d(
                    out_channels,
                    out_channels,
                    3,
                    stride=stride,
                    padding=1,
                    groups=out_channels,
                    bias=False,
                ),
                nn.BatchNorm2d(out_channels),
                nn.ReLU6(),
            ),
            nn.Conv2d(out_channels, conv_out_channels, 1, bias=False),
            nn.BatchNorm2d(conv_out_channels),
        )

    def forward(self, x):
        return self.conv(x)


class InvertedResidual3(nn.Module):
    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.conv = nn.Sequential(
            nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 1, bias=False),
                nn.BatchNorm2d(out_channels),
                nn.ReLU6(),
            ),
            nn.Sequential(
                nn.Conv2d(out_channels, out_channels, 3, padding=1, groups=out_channels, bias=False),
                nn.BatchNorm2d(out_channels),
                nn.ReLU6(),
            ),
            nn.Conv2d(out_channels, in_channels, 1, bias=False),
            nn.BatchNorm2d(in_channels),
        )

    def forward(self, x):
        y = self.conv(x)
        return x + y


class MobileNetV2(nn.Module):
    """MobileNetV2 (Sandler et al., 2018), as in torchvision."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Sequential(
                nn.Conv2d(3, 32, 3, stride=2, padding=1, bias=False),
                nn.BatchNorm2d(32),
                nn.ReLU6(),
            ),
            InvertedResidual(),
            InvertedResidual2(16, 96, stride=2, conv_out_channels=24),
            InvertedResidual3(24, 144),
            InvertedResidual2(24, 144, stride=2, conv_out_channels=32),
            InvertedResidual3(32, 192),
            InvertedResidual3(32, 192),
            InvertedResidual2(32, 192, stride=2, conv_out_channels=64),
            InvertedResidual3(64, 384),
            InvertedResidual3(64, 384),
            InvertedResidual3(64, 384),
            InvertedResidual2(64, 384, stride=1, conv_out_channels=96),
            InvertedResidual3(96, 576),
            InvertedResidual3(96, 576),
            InvertedResidual2(96, 576, stride=2, conv_out_channels=160),
            InvertedResidual3(160, 960),
            InvertedResidual3(160, 960),
            InvertedResidual2(160, 960, stride=1, conv_out_channels=320),
            nn.Sequential(
                nn.Conv2d(320, 1280, 1, bias=False),
                nn.BatchNorm2d(1280),
                nn.ReLU6(),
            ),
        )
        self.classifier = nn.Sequential(
            nn.Dropout(p=0.2),
            nn.Linear(1280, 1000),
        )

    def forward(self, image):
        x = self.features(image)
        x = F.adaptive_avg_pool2d(x, 1)
        x = torch.flatten(x, start_dim=1)
        return self.classifier(x)
