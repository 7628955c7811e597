import torch
from torch import nn
from torch.nn import functional as F


class BasicConv(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding):
        super().__init__()
        self.conv = nn.Conv2d(
            in_channels,
            out_channels,
            kernel_size,
            stride=stride,
            padding=padding,
            bias=False,
        )
        self.bn = nn.BatchNorm2d(out_channels, eps=0.001)

    def forward(self, x):
        x = self.conv(x)
        x = self.bn(x)
        return F.relu(x)


class Inception(nn.Module):
    def __init__(
        self,
        in_channels,
        out_channels,
        branch2_out_channels,
        branch2_out_channels2,
        branch3_out_channels,
        branch3_out_channels2,
        branch4_out_channels,
    ):
        super().__init__()
        self.branch1 = BasicConv(in_channels, out_channels, kernel_size=1, stride=1, padding=0)
        self.branch2 = nn.Sequential(
            BasicConv(in_channels, branch2_out_channels, kernel_size=1, stride=1, padding=0),
            BasicConv(
                branch2_out_channels,
                branch2_out_channels2,
                kernel_size=3,
                stride=1,
                padding=1,
            ),
        )
        self.branch3 = nn.Sequential(
            BasicConv(in_channels, branch3_out_channels, kernel_size=1, stride=1, padding=0),
            BasicConv(
                branch3_out_channels,
                branch3_out_channels2,
                kernel_size=3,
                stride=1,
                padding=1,
            ),
        )
        self.branch4 = nn.Sequential(
            nn.MaxPool2d(3, stride=1, padding=1),
            BasicConv(in_channels, branch4_out_channels, kernel_size=1, stride=1, padding=0),
        )

    def forward(self, x):
        branch1 = self.branch1(x)
        branch2 = self.branch2(x)
        branch3 = self.branch3(x)
        x = self.branch4(x)
        return torch.cat((branch1, branch2, branch3, x), dim=1)


class GoogLeNet(nn.Module):
    """GoogLeNet (Szegedy et al., 2014) without its auxiliary classifiers, as in torchvision."""

    def __init__(self):
        super().__init__()
        self.conv1 = BasicConv(3, 64, kernel_size=7, stride=2, padding=3)
        self.conv2 = BasicConv(64, 64, kernel_size=1, stride=1, padding=0)
        self.conv3 = BasicConv(64, 192, kernel_size=3, stride=1, padding=1)
        self.inception3a = Inception(
            192,
            64,
            branch2_out_channels=96,
            branch2_out_channels2=128,
            branch3_out_channels=16,
            branch3_out_channels2=32,
            branch4_out_channels=32,
        )
        self.inception3b = Inception(
            256,
            128,
            branch2_out_channels=128,
            branch2_out_channels2=192,
            branch3_out_channels=32,
            branch3_out_channels2=96,
            branch4_out_channels=64,
        )
        self.inception4a = Inception(
            480,
            192,
            branch2_out_channels=96,
            branch2_out_channels2=208,
            branch3_out_channels=16,
            branch3_out_channels2=48,
            branch4_out_channels=64,
        )
        self.inception4b = Inception(
            512,
            160,
            branch2_out_channels=112,
            branch2_out_channels2=224,
            branch3_out_channels=24,
            branch3_out_channels2=64,
            branch4_out_channels=64,
        )
        self.inception4c = Inception(
            512,
            128,
            branch2_out_channels=128,
            branch2_out_channels2=256,
            branch3_out_channels=24,
            branch3_out_channels2=64,
            branch4_out_channels=64,
        )
        self.inception4d = Inception(
            512,
            112,
            branch2_out_channels=144,
            branch2_out_channels2=288,
            branch3_out_channels=32,
            branch3_out_channels2=64,
            branch4_out_channels=64,
        )
        self.inception4e = Inception(
            528,
            256,
            branch2_out_channels=160,
            branch2_out_channels2=320,
            branch3_out_channels=32,
            branch3_out_channels2=128,
            branch4_out_channels=128,
        )
        self.inception5a = Inception(
            832,
            256,
            branch2_out_channels=160,
            branch2_out_channels2=320,
            branch3_out_channels=32,
            branch3_out_channels2=128,
            branch4_out_channels=128,
        )
        self.inception5b = Inception(
            832,
            384,
            branch2_out_channels=192,
            branch2_out_channels2=384,
            branch3_out_channels=48,
            branch3_out_channels2=128,
            branch4_out_channels=128,
        )
        self.fc = nn.Linear(1024, 1000)

    def forward(self, image):
        x = self.conv1(image)
        x = F.max_pool2d(x, 3, stride=2, ceil_mode=True)
        x = self.conv2(x)
        x = self.conv3(x)
        x = F.max_pool2d(x, 3, stride=2, ceil_mode=True)
        x = self.inception3a(x)
        x = self.inception3b(x)
        x = F.max_pool2d(x, 3, stride=2, ceil_mode=True)
        x = self.inception4a(x)
        x = self.inception4b(x)
        x = self.inception4c(x)
        x = self.inception4d(x)
        x = self.inception4e(x)
        x = F.max_pool2d(x, 2, ceil_mode=True)
        x = self.inception5a(x)
        x = self.inception5b(x)
        x = F.adaptive_avg_pool2d(x, 1)
        x = torch.flatten(x, start_dim=1)
        x = F.dropout(x, 0.2, self.training)
        return self.fc(x)
