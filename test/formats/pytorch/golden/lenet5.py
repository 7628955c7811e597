import torch
from torch import nn
from torch.nn import functional as F


def normalize(x, mean, std):
    shape = (-1,) + (1,) * (x.dim() - 2)
    mean = torch.tensor(mean, dtype=x.dtype, device=x.device).reshape(shape)
    std = torch.tensor(std, dtype=x.dtype, device=x.device).reshape(shape)
    return (x - mean) / std


class LeNet5(nn.Module):
    """LeNet-5 (LeCun et al., 1998) for handwritten digits: 28×28 grey pixels, white on black."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, image):
        x = normalize(image, [0.1307], [0.3081])
        x = self.conv1(x)
        x = F.relu(x)
        x = F.avg_pool2d(x, 2)
        x = self.conv2(x)
        x = F.relu(x)
        x = F.avg_pool2d(x, 2)
        x = torch.flatten(x, start_dim=1)
        x = self.fc1(x)
        x = F.relu(x)
        x = self.fc2(x)
        x = F.relu(x)
        return self.fc3(x)
