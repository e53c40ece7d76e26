"""Writes the small ONNX models beside it: python make.py, with `pip install onnx==1.23.2`.

Each has weights that can be computed by hand; none was trained.
"""
from pathlib import Path
import numpy as np
from onnx import TensorProto, helper, numpy_helper, save

HERE = Path(__file__).parent
FLOAT, INT64, DOUBLE, STRING = TensorProto.FLOAT, TensorProto.INT64, TensorProto.DOUBLE, TensorProto.STRING


def tensor(name, values, kind=np.float32):
    return numpy_helper.from_array(np.array(values, dtype=kind), name)


def write(name, nodes, inputs, outputs, weights=()):
    value = lambda each: helper.make_tensor_value_info(*each)
    graph = helper.make_graph(nodes, name, [value(each) for each in inputs], [value(each) if isinstance(each, tuple) else each for each in outputs], list(weights))
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    save(helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name=""), HERE / f"{name}.onnx")


W3 = [[1.5, 0.2, -1.7], [-0.3, 0.4, -0.1]]
classes = [
    helper.make_node("Gemm", ["X", "W", "b"], ["logits"]),
    helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
    helper.make_node("ArgMax", ["probabilities"], ["label"], axis=1, keepdims=0),
]
# As skl2onnx writes a classifier: one tensor of rows, a label and probabilities.
write("classes", classes, [("X", FLOAT, [None, 2])], [("label", INT64, [None]), ("probabilities", FLOAT, [None, 3])], [tensor("W", W3), tensor("b", [0.1, -0.2, 0.1])])

# An amount, in 64 bits.
write(
    "amount",
    [helper.make_node("MatMul", ["X", "W"], ["product"]), helper.make_node("Add", ["product", "b"], ["variable"])],
    [("X", DOUBLE, [None, 2])],
    [("variable", DOUBLE, [None, 1])],
    [tensor("W", [[2], [-3]], np.float64), tensor("b", [1], np.float64)],
)

# A tensor for each column, one of whole numbers; one output, a probability.
write(
    "columns",
    [
        helper.make_node("Cast", ["age"], ["years"], to=FLOAT),
        helper.make_node("Concat", ["years", "share"], ["X"], axis=1),
        helper.make_node("MatMul", ["X", "W"], ["logit"]),
        helper.make_node("Sigmoid", ["logit"], ["probability"]),
    ],
    [("age", INT64, [None, 1]), ("share", FLOAT, [None, 1])],
    [("probability", FLOAT, [None, 1])],
    [tensor("W", [[0.1], [-2]])],
)

# A text.
write(
    "text",
    [helper.make_node("LabelEncoder", ["text"], ["score"], domain="ai.onnx.ml", keys_strings=["good", "bad"], values_floats=[0.9, 0.2], default_float=0.5)],
    [("text", STRING, [None, 1])],
    [("score", FLOAT, [None, 1])],
)

# A classifier whose probabilities are a list of maps, the default of skl2onnx.
write(
    "maps",
    [*classes, helper.make_node("ZipMap", ["probabilities"], ["output_probability"], domain="ai.onnx.ml", classlabels_int64s=[0, 1, 2])],
    [("X", FLOAT, [None, 2])],
    [("label", INT64, [None]), helper.make_value_info("output_probability", helper.make_sequence_type_proto(helper.make_map_type_proto(INT64, helper.make_tensor_type_proto(FLOAT, []))))],
    [tensor("W", W3), tensor("b", [0.1, -0.2, 0.1])],
)


def outside(name, location):
    held = TensorProto(name="W", data_type=FLOAT, dims=[2, 3], data_location=TensorProto.EXTERNAL)
    for key, value in (("location", location), ("offset", "0"), ("length", "24")):
        held.external_data.add(key=key, value=value)
    write(name, [helper.make_node("MatMul", ["X", "W"], ["scores"])], [("X", FLOAT, [None, 2])], [("scores", FLOAT, [None, 3])], [held])


# Weights in a file of their own: beside the model, and where it has no business.
outside("beside", "weights.bin")
outside("outside", "../weights.bin")
