/** The Python that writes what a library answers to rows. */
const samplesOf = (made: string): string => `# After ${made}
import json
is_class = hasattr(model, "predict_proba")
answers = {"output": model.predict_proba(X).tolist(), "label": model.predict(X).tolist()} if is_class else {"output": model.predict(X).tolist()}
with open("samples.jsonl", "w") as out:
    for at, row in enumerate(X.tolist()):
        out.write(json.dumps({"row": [None if v != v else v for v in row], **{name: each[at] for name, each in answers.items()}}) + "\\n")
`;

const sklearn = `"""Writes a fitted scikit-learn estimator as JSON, and what it answers to rows: nothing of it is a pickle.

    from export_sklearn import export
    export(model, X[:1000])   # model.json, samples.jsonl
"""
import json, re
import numpy, sklearn

LARGEST, LARGEST_32 = float(numpy.finfo(numpy.float64).max), float(numpy.finfo(numpy.float32).max)

def export(model, X, to="model.json", samples="samples.jsonl", inputs=None):
    steps = [step for _, step in model.steps] if type(model).__name__ == "Pipeline" else [model]
    estimator, before = steps[-1], [step for step in steps[:-1] if step != "passthrough"]
    if len(before) > 1 or any(type(step).__name__ != "StandardScaler" for step in before):
        raise ValueError("a pipeline may have one StandardScaler before its estimator; seen " + ", ".join(type(step).__name__ for step in before))
    names = inputs or [re.sub(r"[^\\w.-]+", "_", str(name), flags=re.ASCII)[:64] for name in getattr(model, "feature_names_in_", [f"f{i}" for i in range(model.n_features_in_)])]
    kind = type(estimator).__name__
    if kind not in KINDS:
        raise ValueError(kind + " is not exported; these are: " + ", ".join(KINDS))
    if numpy.ndim(getattr(estimator, "n_classes_", 1)) > 0 or getattr(estimator, "n_outputs_", 1) > 1:
        raise ValueError("an estimator of several targets is not exported; fit one for each")
    manifest, weights = KINDS[kind](estimator, names)
    classes = getattr(estimator, "classes_", None)
    manifest["labels"] = ["value"] if classes is None else [str(label) for label in classes.tolist()]
    if before:
        count = len(names)
        scaler = before[0]
        weights["standard"] = {"mean": (scaler.mean_ if scaler.with_mean else numpy.zeros(count)).tolist(), "scale": (scaler.scale_ if scaler.with_std else numpy.ones(count)).tolist()}
    with open(to, "w") as out:
        json.dump({"format": "sklearn-export", "formatVersion": 1, "sklearn": sklearn.__version__, "manifest": {**manifest, "inputs": names}, "weights": weights}, out, allow_nan=False)
    labels = model.predict(X).tolist()
    outputs = labels if classes is None else model.predict_proba(X).tolist()
    with open(samples, "w") as out:
        for row, output, label in zip(numpy.asarray(X).tolist(), outputs, labels):
            said = {} if classes is None else {"label": str(label)}
            out.write(json.dumps({"row": [None if v != v else v for v in row], "output": output, **said}) + "\\n")

def linear(model, names):
    intercept = numpy.atleast_1d(model.intercept_).tolist()
    weights = numpy.atleast_2d(model.coef_).tolist()
    if not hasattr(model, "classes_"):
        return {"runtime": "linear", "link": "identity"}, {"intercept": intercept[0], "weights": weights[0]}
    if len(intercept) == 1:
        return {"runtime": "linear", "link": "logistic", "threshold": ABOVE_HALF}, {"intercept": intercept[0], "weights": weights[0]}
    return {"runtime": "linear", "link": "softmax"}, {"intercept": intercept, "weights": weights}

def node_of(tree, at, names, value, missing):
    if tree.children_left[at] < 0:
        return {"value": value(tree.value[at][0])}
    node = {"feature": names[tree.feature[at]], "atMost": float(min(tree.threshold[at], LARGEST_32))}
    if missing:
        node["missing"] = "yes" if tree.missing_go_to_left[at] else "no"
    return {**node, "yes": node_of(tree, tree.children_left[at], names, value, missing), "no": node_of(tree, tree.children_right[at], names, value, missing)}

def forest(model, names):
    trees = [each.tree_ for each in getattr(model, "estimators_", [model])]
    classes = len(getattr(model, "classes_", [0]))
    missing = bool(model.__sklearn_tags__().input_tags.allow_nan)
    value = (lambda leaf: (leaf[:classes] / leaf[:classes].sum()).tolist()) if hasattr(model, "classes_") and classes > 1 else (lambda leaf: float(leaf[0]))
    manifest = {"runtime": "trees", "link": "identity", "precision": "float32", "missing": "allowed" if missing else "refused"}
    return manifest, {"intercept": [0] * classes if classes > 1 else 0, "average": True, "trees": [node_of(tree, 0, names, value, missing) for tree in trees]}

def boosted(model, names):
    if model.init_ == "zero":
        start = numpy.zeros(model.estimators_.shape[1])
    elif type(model.init_).__name__.startswith("Dummy"):
        start = model._raw_predict_init(numpy.zeros((1, model.n_features_in_), dtype=numpy.float32))[0]
    else:
        raise ValueError("a GradientBoosting with an estimator of its own as init is not exported")
    start = numpy.atleast_1d(start).astype(float).tolist()
    rate = model.learning_rate
    trees = [node_of(tree.tree_, 0, names, lambda leaf: float(rate * leaf[0]), False) for stage in model.estimators_ for tree in stage]
    return answers(model, {"runtime": "trees", "precision": "float32"}, start, trees, AT_HALF)

def histogram(model, names):
    if model.is_categorical_ is not None and numpy.any(model.is_categorical_):
        raise ValueError("splits on categories are not exported; encode the categories as numbers and fit again")
    start = numpy.atleast_1d(numpy.squeeze(model._baseline_prediction)).astype(float).tolist()
    def node(nodes, at):
        if nodes[at]["is_leaf"]:
            return {"value": float(nodes[at]["value"])}
        return {"feature": names[nodes[at]["feature_idx"]], "atMost": float(min(nodes[at]["num_threshold"], LARGEST)), "missing": "yes" if nodes[at]["missing_go_to_left"] else "no", "yes": node(nodes, nodes[at]["left"]), "no": node(nodes, nodes[at]["right"])}
    trees = [node(tree.nodes, 0) for stage in model._predictors for tree in stage]
    return answers(model, {"runtime": "trees", "missing": "allowed"}, start, trees, AT_HALF)

def answers(model, manifest, start, trees, half):
    if not hasattr(model, "classes_"):
        link = "exp" if getattr(model, "loss", "") in ("poisson", "gamma") else "identity"
        return {**manifest, "link": link}, {"intercept": start[0], "trees": trees}
    if len(model.classes_) == 2:
        return {**manifest, "link": "logistic", "threshold": half}, {"intercept": start[0], "trees": trees}
    return {**manifest, "link": "softmax"}, {"intercept": start, "trees": trees, "adds": [at % len(start) for at in range(len(trees))]}

AT_HALF, ABOVE_HALF = 0.5, 0.5000000000000001
KINDS = {
    **{name: linear for name in ("LogisticRegression", "LinearRegression", "Ridge", "Lasso", "ElasticNet")},
    **{name + kind: forest for name in ("DecisionTree", "RandomForest", "ExtraTrees") for kind in ("Classifier", "Regressor")},
    **{"GradientBoosting" + kind: boosted for kind in ("Classifier", "Regressor")},
    **{"HistGradientBoosting" + kind: histogram for kind in ("Classifier", "Regressor")},
}
`;

/** What is run beside the fitted model, in Python: it writes the file that is imported, or the rows that prove the copy. */
export const exporters: Readonly<Record<"xgboost" | "lightgbm" | "sklearn" | "onnx", string>> = {
  xgboost: samplesOf('model.save_model("model.json"), with the rows X as a numpy array:'),
  lightgbm: samplesOf('model.booster_.save_model("model.txt"), with the rows X as a numpy array:'),
  sklearn,
  onnx: samplesOf(
    'open("model.onnx", "wb").write(skl2onnx.to_onnx(model, X[:1], options={"zipmap": False}).SerializeToString()), with the rows X as a numpy array:',
  ),
};
