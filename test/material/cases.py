"""Cases of layers computed by PyTorch: values and gradients, for the scripts beside this file."""

import json
import pathlib

import torch

torch.manual_seed(20)
cases = []

# Bends, ends of ranges and far values of the activations.
EDGES = [0.0, -0.0, 1.0, -1.0, 3.0, -3.0, 6.0, -6.0, 20.0, -20.0, 25.5, -25.5, 0.5, -0.5]


def draw(*shape, scale=2.0):
    return (torch.randn(*shape, dtype=torch.float64) * scale * 1e4).round() / 1e4


def plain(tensor):
    return {"shape": list(tensor.shape), "data": tensor.detach().flatten().tolist()}


def case(kind, function, inputs, attributes=None, weights=None):
    inputs = [x.clone().requires_grad_() for x in inputs]
    weights = {role: w.clone().requires_grad_() for role, w in (weights or {}).items()}
    outputs = function(*inputs, **weights)
    outputs = list(outputs) if isinstance(outputs, (tuple, list)) else [outputs]
    gradients = [draw(*y.shape, scale=1.0) for y in outputs]
    sum((y * g).sum() for y, g in zip(outputs, gradients)).backward()
    cases.append(
        {
            "kind": kind,
            "attributes": attributes or {},
            "inputs": [plain(x) for x in inputs],
            "weights": {role: plain(w) for role, w in weights.items()},
            "outputs": [plain(y) for y in outputs],
            "output_gradients": [plain(g) for g in gradients],
            "input_gradients": [plain(x.grad) for x in inputs],
            "weight_gradients": {role: plain(w.grad) for role, w in weights.items()},
        }
    )


def mask(kind, function, inputs, attributes=None):
    """A case without gradients, since there are none."""
    cases.append(
        {
            "kind": kind,
            "attributes": attributes or {},
            "inputs": [plain(x) for x in inputs],
            "weights": {},
            "outputs": [plain(function(*inputs).double())],
        }
    )


def activation(kind, function, attributes=None):
    values = torch.cat([torch.tensor(EDGES, dtype=torch.float64), draw(22)])
    case(kind, function, [values.reshape(1, 4, 3, 3)], attributes)


def write(name, script):
    document = {
        "note": f"computed by {pathlib.Path(script).name} with torch {torch.__version__} "
        "on the CPU in float64",
        "cases": cases,
    }
    path = pathlib.Path(__file__).with_name(name)
    path.write_text(json.dumps(document, separators=(",", ":")) + "\n")
    print(len(cases), "cases,", path.stat().st_size, "bytes")
