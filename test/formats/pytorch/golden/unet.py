import torch
from torch import nn
from torch.nn import functional as F


class DoubleConv(nn.Module):
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
        return F.relu(x)


class Up(nn.Module):
    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.up = nn.ConvTranspose2d(in_channels, out_channels, 2, stride=2)
        self.conv = DoubleConv(in_channels, out_channels)

    def forward(self, x, y):
        x = self.up(x)
        y = torch.cat((y, x), dim=1)
        return self.conv(y)


class UNet(nn.Module):
    """U-Net (Ronneberger et al., 2015) with padding, so that the result covers the whole image."""

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

    def forward(self, image):
        down1 = self.down1(image)
        x = F.max_pool2d(down1, 2)
        down2 = self.down2(x)
        x = F.max_pool2d(down2, 2)
        down3 = self.down3(x)
        x = F.max_pool2d(down3, 2)
        down4 = self.down4(x)
        x = F.max_pool2d(down4, 2)
        x = self.bottom(x)
        x = self.up4(x, down4)
        x = self.up3(x, down3)
        x = self.up2(x, down2)
        x = self.up1(x, down1)
        return self.out(x)
