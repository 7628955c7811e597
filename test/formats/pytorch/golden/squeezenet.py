import torch
from torch import nn
from torch.nn import functional as F


class Fire(nn.Module):
    def __init__(self, in_channels, out_channels, expand1x1_out_channels):
        super().__init__()
        self.squeeze = nn.Conv2d(in_channels, out_channels, 1)
        self.expand1x1 = nn.Conv2d(out_channels, expand1x1_out_channels, 1)
        self.expand3x3 = nn.Conv2d(out_channels, expand1x1_out_channels, 3, padding=1)

    def forward(self, x):
        x = self.squeeze(x)
        x = F.relu(x)
        y = self.expand1x1(x)
        y = F.relu(y)
        x = self.expand3x3(x)
        x = F.relu(x)
        return torch.cat((y, x), dim=1)


class SqueezeNet(nn.Module):
    """SqueezeNet 1.1 (Iandola et al., 2016), as in torchvision: AlexNet's accuracy in 5 MB."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, 3, stride=2),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=2, ceil_mode=True),
            Fire(64, 16, expand1x1_out_channels=64),
            Fire(128, 16, expand1x1_out_channels=64),
            nn.MaxPool2d(3, stride=2, ceil_mode=True),
            Fire(128, 32, expand1x1_out_channels=128),
            Fire(256, 32, expand1x1_out_channels=128),
            nn.MaxPool2d(3, stride=2, ceil_mode=True),
            Fire(256, 48, expand1x1_out_channels=192),
            Fire(384, 48, expand1x1_out_channels=192),
            Fire(384, 64, expand1x1_out_channels=256),
            Fire(512, 64, expand1x1_out_channels=256),
        )
        self.classifier = nn.Sequential(
            nn.Dropout(),
            nn.Conv2d(512, 1000, 1),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
        )

    def forward(self, image):
        x = self.features(image)
        x = self.classifier(x)
        return torch.flatten(x, start_dim=1)
