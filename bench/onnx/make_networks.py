"""Writes torchvision's networks with random weights as ONNX, with inputs and torch's outputs.

    python3 bench/onnx/make_networks.py FOLDER [NAME...] [--size SIZE] [--folded]

For each network two models: NAME.onnx, whose batch norms torch folds into convolutions, and
NAME.unfolded.onnx, which keeps them and computes its constants when it runs; --folded leaves the
second out. NAME.bin holds the input and then torch's output, as float32; networks.json says their
shapes, and which names the network's weights have in torch. Without --size images are small where
a network allows it, so that a test of all of them is quick. What a folder has is left alone.
"""

import argparse
import json
import pathlib
import warnings

import torch
from torch import nn
from torch.onnx import TrainingMode
from torchvision import models

SIZES = {
    "resnet18": 64,
    "mobilenet_v2": 64,
    "squeezenet1_1": 64,
    "densenet121": 64,
    "googlenet": 64,
    "inception_v3": 96,
    "shufflenet_v2_x1_0": 64,
    "mnasnet0_5": 64,
    "efficientnet_b0": 64,
    "regnet_y_400mf": 64,
    "vgg11_bn": 224,
    "convnext_tiny": 64,
}

OPSET = 13


def make(name):
    """The network with statistics and scales that differ, so that a swapped one shows."""
    torch.manual_seed(sum(map(ord, name)))
    extra = {"aux_logits": False, "init_weights": True} if name in ("googlenet", "inception_v3") else {}
    net = getattr(models, name)(weights=None, **extra)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.7, 1.3)
            nn.init.uniform_(module.bias, -0.1, 0.1)
            nn.init.uniform_(module.running_mean, -0.1, 0.1)
            nn.init.uniform_(module.running_var, 0.7, 1.3)
    return net.eval()


def export(net, x, path, folded):
    torch.onnx.export(
        net,
        x,
        str(path),
        opset_version=OPSET,
        input_names=["image"],
        output_names=["logits"],
        dynamic_axes={"image": {0: "N"}, "logits": {0: "N"}},
        training=TrainingMode.EVAL if folded else TrainingMode.PRESERVE,
        do_constant_folding=folded,
    )


def main(folder, names, size, folded_only):
    warnings.filterwarnings("ignore")
    folder.mkdir(parents=True, exist_ok=True)
    index = folder / "networks.json"
    done = json.loads(index.read_text()) if index.exists() else {}
    for name in names:
        if "weights" in done.get(name, {}):
            continue
        net = make(name)
        side = size or SIZES[name]
        x = torch.rand(1, 3, side, side) * 2 - 1
        with torch.no_grad():
            y = net(x)
        export(net, x, folder / f"{name}.onnx", folded=True)
        if not folded_only:
            export(net, x, folder / f"{name}.unfolded.onnx", folded=False)
        with open(folder / f"{name}.bin", "wb") as file:
            file.write(x.numpy().tobytes())
            file.write(y.numpy().tobytes())
        done[name] = {
            "input": list(x.shape),
            "output": list(y.shape),
            "weights": [key for key in net.state_dict() if not key.endswith("num_batches_tracked")],
        }
        index.write_text(json.dumps(done))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("names", nargs="*", default=list(SIZES))
    parser.add_argument("--size", type=int)
    parser.add_argument("--folded", action="store_true")
    given = parser.parse_args()
    main(given.folder, given.names or list(SIZES), given.size, given.folded)
