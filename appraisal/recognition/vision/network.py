"""The XFeat network as an ONNX graph, from its packaged weights.

Potje et al., "XFeat: Accelerated Features for Lightweight Image Matching", CVPR 2024; weights under Apache-2.0. Batch
normalisation is folded into the convolutions. In: one grey picture, evened out, both sides multiples of 32. Out:
descriptors on a grid of 8 pixels, a map of how likely each pixel is a point (already thinned to local maxima), a map of
how reliable its surroundings are.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

VERSION = 1
"""Counted up when the graph changes, so that a kept file of an earlier one is not used."""
OPSET = 17
IR_VERSION = 9
EPSILON = 1e-5
Tensors = dict[str, NDArray[Any]]


class _Graph:
    def __init__(self, tensors: Tensors) -> None:
        self.tensors = tensors
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, value: NDArray[Any]) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, kind: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        name = output or f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def convolve(self, value: str, weight: NDArray[Any], bias: NDArray[Any], stride: int) -> str:
        size = weight.shape[-1]
        return self.add(
            "Conv",
            value,
            self.constant(weight.astype(np.float32)),
            self.constant(bias.astype(np.float32)),
            kernel_shape=[size, size],
            pads=[size // 2] * 4,
            strides=[stride, stride],
        )

    def plain(self, value: str, name: str) -> str:
        """A convolution with its own bias."""
        return self.convolve(value, self.tensors[f"{name}.weight"], self.tensors[f"{name}.bias"], 1)

    def layer(self, value: str, name: str, stride: int = 1) -> str:
        """Convolution, normalisation, ReLU."""
        factor = 1 / np.sqrt(self.tensors[f"{name}.layer.1.running_var"] + EPSILON)
        weight = self.tensors[f"{name}.layer.0.weight"] * factor[:, None, None, None]
        bias = -self.tensors[f"{name}.layer.1.running_mean"] * factor
        return self.add("Relu", self.convolve(value, weight, bias, stride))

    def layers(self, value: str, name: str, strides: tuple[int, ...]) -> str:
        for position, stride in enumerate(strides):
            value = self.layer(value, f"{name}.{position}", stride)
        return value

    def enlarge(self, value: str, factor: int) -> str:
        scales = self.constant(np.array([1, 1, factor, factor], np.float32))
        return self.add("Resize", value, "", scales, mode="linear", coordinate_transformation_mode="half_pixel")


def build(tensors: Tensors) -> onnx.ModelProto:
    """The model. Raises KeyError if a tensor is missing."""
    graph = _Graph(tensors)
    skip = graph.plain(graph.add("AveragePool", "picture", kernel_shape=[4, 4], strides=[4, 4]), "skip1.1")
    x1 = graph.layers("picture", "block1", (1, 2, 1, 2))
    x2 = graph.layers(graph.add("Add", x1, skip), "block2", (1, 1))
    x3 = graph.layers(x2, "block3", (2, 1, 1))
    x4 = graph.layers(x3, "block4", (2, 1, 1))
    x5 = graph.layers(x4, "block5", (2, 1, 1, 1))
    pyramid = graph.add("Add", graph.add("Add", x3, graph.enlarge(x4, 2)), graph.enlarge(x5, 4))
    fused = graph.plain(graph.layers(pyramid, "block_fusion", (1, 1)), "block_fusion.2")
    graph.add("LpNormalization", fused, output="descriptors", axis=1, p=2)
    reliable = graph.plain(graph.layers(fused, "heatmap_head", (1, 1)), "heatmap_head.2")
    graph.add("Sigmoid", reliable, output="reliable")
    cells = graph.add("SpaceToDepth", "picture", blocksize=8)
    logits = graph.plain(graph.layers(cells, "keypoint_head", (1, 1, 1)), "keypoint_head.3")
    chances = graph.add("Softmax", logits, axis=1)
    starts, ends, axes = (graph.constant(np.array([number], np.int64)) for number in (0, 64, 1))
    heat = graph.add("DepthToSpace", graph.add("Slice", chances, starts, ends, axes), blocksize=8)
    highest = graph.add("MaxPool", heat, kernel_shape=[5, 5], strides=[1, 1], pads=[2, 2, 2, 2])
    nothing = graph.constant(np.zeros((1, 1, 1, 1), np.float32))
    graph.add("Where", graph.add("Equal", heat, highest), heat, nothing, output="points")
    shapes: dict[str, list[int | str]] = {
        "picture": [1, 1, "h", "w"],
        "descriptors": [1, 64, "h8", "w8"],
        "reliable": [1, 1, "h8", "w8"],
        "points": [1, 1, "h", "w"],
    }
    values = {name: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()}
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "xfeat",
            [values["picture"]],
            [values[name] for name in ("descriptors", "reliable", "points")],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        producer_name="chazhenjia",
    )
    model.ir_version = IR_VERSION
    onnx.checker.check_model(model)
    return model
