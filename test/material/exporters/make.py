"""
Writes the models of this folder, `NAME.onnx`, or those that are named. Of a model that is older than
onnxruntime reads, the same network in newer operators goes to the folder that is named first.

    python3 test/material/exporters/make.py /tmp/twins [NAME …]
"""

import os
import sys

import onnx

import dynamo
import keras
import zoo
from net import modern

HERE = os.path.dirname(os.path.abspath(__file__))
MODELS = {**keras.MODELS, **zoo.MODELS, **dynamo.MODELS}
OLDEST_IN_ONNXRUNTIME = 7

twins, *names = sys.argv[1:]
os.makedirs(twins, exist_ok=True)
for name in names or MODELS:
    net = MODELS[name]()
    onnx.save(net.model(), os.path.join(HERE, f"{name}.onnx"))
    if net.opset < OLDEST_IN_ONNXRUNTIME:
        onnx.save(modern(net.model()), os.path.join(twins, f"{name}.onnx"))
