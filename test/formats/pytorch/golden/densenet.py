import torch
from torch import nn
from torch.nn import functional as F


class Denselayer(nn.Module):
    def __init__(self, num_features):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(num_features)
        self.conv1 = nn.Conv2d(num_features, 128, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(128)
        self.conv2 = nn.Conv2d(128, 32, 3, padding=1, bias=False)

    def forward(self, x):
        y = self.norm1(x)
        y = F.relu(y)
        y = self.conv1(y)
        y = self.norm2(y)
        y = F.relu(y)
        y = self.conv2(y)
        return torch.cat((x, y), dim=1)


class Denseblock1(nn.Module):
    def __init__(self):
        super().__init__()
        self.denselayer1 = Denselayer(64)
        self.denselayer2 = Denselayer(96)
        self.denselayer3 = Denselayer(128)
        self.denselayer4 = Denselayer(160)
        self.denselayer5 = Denselayer(192)
        self.denselayer6 = Denselayer(224)

    def forward(self, x):
        x = self.denselayer1(x)
        x = self.denselayer2(x)
        x = self.denselayer3(x)
        x = self.denselayer4(x)
        x = self.denselayer5(x)
        return self.denselayer6(x)


class Transition(nn.Module):
    def __init__(self, num_features, out_channels):
        super().__init__()
        self.norm = nn.BatchNorm2d(num_features)
        self.conv = nn.Conv2d(num_features, out_channels, 1, bias=False)

    def forward(self, x):
        x = self.norm(x)
        x = F.relu(x)
        x = self.conv(x)
        return F.avg_pool2d(x, 2)


class Denseblock2(nn.Module):
    def __init__(self):
        super().__init__()
        self.denselayer1 = Denselayer(128)
        self.denselayer2 = Denselayer(160)
        self.denselayer3 = Denselayer(192)
        self.denselayer4 = Denselayer(224)
        self.denselayer5 = Denselayer(256)
        self.denselayer6 = Denselayer(288)
        self.denselayer7 = Denselayer(320)
        self.denselayer8 = Denselayer(352)
        self.denselayer9 = Denselayer(384)
        self.denselayer10 = Denselayer(416)
        self.denselayer11 = Denselayer(448)
        self.denselayer12 = Denselayer(480)

    def forward(self, x):
        x = self.denselayer1(x)
        x = self.denselayer2(x)
        x = self.denselayer3(x)
        x = self.denselayer4(x)
        x = self.denselayer5(x)
        x = self.denselayer6(x)
        x = self.denselayer7(x)
        x = self.denselayer8(x)
        x = self.denselayer9(x)
        x = self.denselayer10(x)
        x = self.denselayer11(x)
        return self.denselayer12(x)


class Denseblock3(nn.Module):
    def __init__(self):
        super().__init__()
        self.denselayer1 = Denselayer(256)
        self.denselayer2 = Denselayer(288)
        self.denselayer3 = Denselayer(320)
        self.denselayer4 = Denselayer(352)
        self.denselayer5 = Denselayer(384)
        self.denselayer6 = Denselayer(416)
        self.denselayer7 = Denselayer(448)
        self.denselayer8 = Denselayer(480)
        self.denselayer9 = Denselayer(512)
        self.denselayer10 = Denselayer(544)
        self.denselayer11 = Denselayer(576)
        self.denselayer12 = Denselayer(608)
        self.denselayer13 = Denselayer(640)
        self.denselayer14 = Denselayer(672)
        self.denselayer15 = Denselayer(704)
        self.denselayer16 = Denselayer(736)
        self.denselayer17 = Denselayer(768)
        self.denselayer18 = Denselayer(800)
        self.denselayer19 = Denselayer(832)
        self.denselayer20 = Denselayer(864)
        self.denselayer21 = Denselayer(896)
        self.denselayer22 = Denselayer(928)
        self.denselayer23 = Denselayer(960)
        self.denselayer24 = Denselayer(992)

    def forward(self, x):
        x = self.denselayer1(x)
        x = self.denselayer2(x)
        x = self.denselayer3(x)
        x = self.denselayer4(x)
        x = self.denselayer5(x)
        x = self.denselayer6(x)
        x = self.denselayer7(x)
        x = self.denselayer8(x)
        x = self.denselayer9(x)
        x = self.denselayer10(x)
        x = self.denselayer11(x)
        x = self.denselayer12(x)
        x = self.denselayer13(x)
        x = self.denselayer14(x)
        x = self.denselayer15(x)
        x = self.denselayer16(x)
        x = self.denselayer17(x)
        x = self.denselayer18(x)
        x = self.denselayer19(x)
        x = self.denselayer20(x)
        x = self.denselayer21(x)
        x = self.denselayer22(x)
        x = self.denselayer23(x)
        return self.denselayer24(x)


class Denseblock4(nn.Module):
    def __init__(self):
        super().__init__()
        self.denselayer1 = Denselayer(512)
        self.denselayer2 = Denselayer(544)
        self.denselayer3 = Denselayer(576)
        self.denselayer4 = Denselayer(608)
        self.denselayer5 = Denselayer(640)
        self.denselayer6 = Denselayer(672)
        self.denselayer7 = Denselayer(704)
        self.denselayer8 = Denselayer(736)
        self.denselayer9 = Denselayer(768)
        self.denselayer10 = Denselayer(800)
        self.denselayer11 = Denselayer(832)
        self.denselayer12 = Denselayer(864)
        self.denselayer13 = Denselayer(896)
        self.denselayer14 = Denselayer(928)
        self.denselayer15 = Denselayer(960)
        self.denselayer16 = Denselayer(992)

    def forward(self, x):
        x = self.denselayer1(x)
        x = self.denselayer2(x)
        x = self.denselayer3(x)
        x = self.denselayer4(x)
        x = self.denselayer5(x)
        x = self.denselayer6(x)
        x = self.denselayer7(x)
        x = self.denselayer8(x)
        x = self.denselayer9(x)
        x = self.denselayer10(x)
        x = self.denselayer11(x)
        x = self.denselayer12(x)
        x = self.denselayer13(x)
        x = self.denselayer14(x)
        x = self.denselayer15(x)
        return self.denselayer16(x)


class Features(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv0 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.norm0 = nn.BatchNorm2d(64)
        self.denseblock1 = Denseblock1()
        self.transition1 = Transition(256, 128)
        self.denseblock2 = Denseblock2()
        self.transition2 = Transition(512, 256)
        self.denseblock3 = Denseblock3()
        self.transition3 = Transition(1024, 512)
        self.denseblock4 = Denseblock4()
        self.norm5 = nn.BatchNorm2d(1024)

    def forward(self, x):
        x = self.conv0(x)
        x = self.norm0(x)
        x = F.relu(x)
        x = F.max_pool2d(x, 3, stride=2, padding=1)
        x = self.denseblock1(x)
        x = self.transition1(x)
        x = self.denseblock2(x)
        x = self.transition2(x)
        x = self.denseblock3(x)
        x = self.transition3(x)
        x = self.denseblock4(x)
        return self.norm5(x)


class DenseNet121(nn.Module):
    """DenseNet-121 (Huang et al., 2016), as in torchvision."""

    def __init__(self):
        super().__init__()
        self.features = Features()
        self.classifier = nn.Linear(1024, 1000)

    def forward(self, image):
        x = self.features(image)
        x = F.relu(x)
        x = F.adaptive_avg_pool2d(x, 1)
        x = torch.flatten(x, start_dim=1)
        return self.classifier(x)
