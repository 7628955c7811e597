"""ONNX models written down node by node, with random weights."""

import math
import zlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT = TensorProto.FLOAT


class Net:
    def __init__(self, name, opset, producer="", ir=8, weights_are_inputs=False):
        self.name, self.opset, self.producer, self.ir = name, opset, producer, ir
        self.weights_are_inputs = weights_are_inputs
        self.inputs, self.outputs, self.nodes, self.weights = [], [], [], []
        self.functions, self.domains = [], {}
        self.random = np.random.default_rng(zlib.crc32(name.encode()))
        self.count = 0

    def input(self, name, *shape, dtype=FLOAT):
        self.inputs.append(helper.make_tensor_value_info(name, dtype, shape))
        return name

    def output(self, name, *shape):
        self.outputs.append(helper.make_tensor_value_info(name, FLOAT, shape))

    def stored(self, name, values, dtype=None):
        """An initializer of given numbers."""
        self.weights.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def ints(self, name, *values):
        return self.stored(name, values, np.int64)

    def weight(self, name, *shape, low=None, high=None):
        """Random numbers: as large as keeps the variance, or within limits."""
        fan_in = max(1, math.prod(shape[1:]))
        values = (
            self.random.standard_normal(shape) / math.sqrt(fan_in)
            if low is None
            else self.random.uniform(low, high, shape)
        )
        return self.stored(name, values, np.float32)

    def node(self, op, inputs, outputs=None, name="", domain="", **attributes):
        """Gives the name of the first output, which is made up unless it is given."""
        inputs = [inputs] if isinstance(inputs, str) else inputs
        if outputs is None:
            self.count += 1
            outputs = f"{op.lower()}_{self.count}"
        outputs = [outputs] if isinstance(outputs, str) else outputs
        self.nodes.append(helper.make_node(op, inputs, outputs, name=name, domain=domain, **attributes))
        return outputs[0]

    def function(self, domain, name, inputs, outputs, nodes, opset=None, attributes=()):
        """An operator of the model's own. `nodes`: (op, inputs, outputs, attributes)."""
        sets = [helper.make_opsetid("", opset or self.opset)]
        sets += [helper.make_opsetid(d, 1) for d in {n.domain for n in nodes if n.domain}]
        self.functions.append(helper.make_function(domain, name, inputs, outputs, nodes, sets, list(attributes)))
        self.domains[domain] = 1

    def model(self):
        inputs = list(self.inputs)
        if self.weights_are_inputs:
            inputs += [helper.make_tensor_value_info(w.name, w.data_type, w.dims) for w in self.weights]
        graph = helper.make_graph(self.nodes, self.name, inputs, self.outputs, self.weights)
        sets = [helper.make_opsetid("", self.opset)] + [helper.make_opsetid(d, v) for d, v in self.domains.items()]
        model = helper.make_model(graph, producer_name=self.producer, opset_imports=sets, functions=self.functions)
        model.ir_version = self.ir
        return model


def refers(node, **references):
    """The node with attributes that are those of the function's call: `alpha="slope"`."""
    kinds = {"float": onnx.AttributeProto.FLOAT, "int": onnx.AttributeProto.INT, "ints": onnx.AttributeProto.INTS}
    for name, (source, kind) in references.items():
        attribute = node.attribute.add()
        attribute.name, attribute.ref_attr_name, attribute.type = name, source, kinds[kind]
    return node


def modern(model):
    """The model in opset 9, for onnxruntime, which runs nothing older than 7."""
    graph = model.graph
    ranks = {w.name: len(w.dims) for w in graph.initializer}
    for node in list(graph.node):
        attributes = {a.name: a for a in node.attribute}
        for old in ("is_test", "consumed_inputs", "spatial", "broadcast", "axis" if node.op_type in ("Mul", "Add") else ""):
            if old in attributes:
                node.attribute.remove(attributes[old])
        del node.output[1:]
        if node.op_type in ("Mul", "Add") and "axis" in attributes and ranks.get(node.input[1]) == 1:
            (weight,) = [w for w in graph.initializer if w.name == node.input[1]]
            weight.dims.extend([1, 1])
            (value,) = [i for i in graph.input if i.name == weight.name]
            graph.input.remove(value)
        if node.op_type == "Reshape" and "shape" in attributes:
            name = f"{node.output[0]}_shape"
            graph.initializer.append(numpy_helper.from_array(np.array(attributes["shape"].ints, np.int64), name))
            node.input.append(name)
            node.attribute.remove(attributes["shape"])
    model.opset_import[0].version = 9
    model.ir_version = 4
    return model
