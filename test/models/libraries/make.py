"""Trains a model of each kind, and writes it with what its library answers to rows that lie where numbers are easily confused.

usage: make.py <folder> <rows>
"""
import json, os, pathlib, sys, warnings

import lightgbm, numpy, onnxruntime, skl2onnx, xgboost
from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier, GradientBoostingRegressor
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor, RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from export_sklearn import export

warnings.filterwarnings("ignore")
folder, rows = pathlib.Path(sys.argv[1]), int(sys.argv[2])
random = numpy.random.default_rng(7)


def columns(count, missing):
    """Prices in cents, ages, shares and amounts: many of them are no 32-bit numbers, some are 0, -0, or missing."""
    X = numpy.column_stack([
        numpy.round(random.gamma(2, 30, count), 2), random.integers(18, 90, count), random.random(count),
        numpy.round(random.normal(0, 1, count), 1), random.normal(0, 1e5, count), random.choice([-0.0, 0.0, 0.1, 0.7, 1e-7], count),
    ]).astype(float)
    if missing:
        X[random.random(X.shape) < 0.08] = numpy.nan
    return X


def targets(X):
    Z = numpy.nan_to_num(X)
    drive = Z[:, 0] / 60 - Z[:, 1] / 50 + 2 * Z[:, 2] + Z[:, 3] + random.normal(0, 0.5, len(Z))
    return drive > numpy.median(drive), numpy.digitize(drive, numpy.quantile(drive, [0.3, 0.7])), 100 + 40 * drive


def on(X, thresholds):
    """Half of the rows have features exactly on a threshold, or beside it."""
    X = X.copy()
    for column, values in thresholds.items():
        chosen = numpy.flatnonzero(random.random(len(X)) < 0.5)
        on = random.choice(values, len(chosen))
        X[chosen, column] = numpy.where(random.random(len(chosen)) < 0.5, on, numpy.nextafter(on, random.choice([-numpy.inf, numpy.inf], len(chosen))))
    return X


def of_trees(trees):
    found = {}
    for feature, threshold in trees:
        found.setdefault(int(feature), []).append(float(threshold))
    return found


def write(name, library, X, model, file):
    target = folder / name
    target.mkdir(parents=True)
    file(target)
    os.chdir(target)
    exec((folder.parent / f"samples_{library}.py").read_text(), {"model": model, "X": X})
    (target / "library").write_text(library)


train, plain = columns(3000, True), columns(3000, False)
two, three, amount = targets(train)
two_plain, three_plain, amount_plain = targets(plain)

for name, model, y in [
    ("xgboost-two", xgboost.XGBClassifier(n_estimators=40, max_depth=4), two.astype(int)),
    ("xgboost-three", xgboost.XGBClassifier(n_estimators=20, max_depth=4), three),
    ("xgboost-amount", xgboost.XGBRegressor(n_estimators=40, max_depth=4), amount),
    ("xgboost-poisson", xgboost.XGBRegressor(n_estimators=30, max_depth=3, objective="count:poisson"), numpy.abs(amount)),
]:
    model.fit(train, y)
    frame = [tree for text in model.get_booster().get_dump(dump_format="json") for tree in [json.loads(text)]]
    def splits(node):
        if "split" in node:
            yield int(node["split"][1:]), node["split_condition"]
            for child in node["children"]:
                yield from splits(child)
    X = on(columns(rows, True), of_trees(pair for tree in frame for pair in splits(tree)))
    write(name, "xgboost", X, model, lambda target: model.save_model(target / "model.json"))

for name, model, y in [
    ("lightgbm-two", lightgbm.LGBMClassifier(n_estimators=40, verbose=-1), two.astype(int)),
    ("lightgbm-three", lightgbm.LGBMClassifier(n_estimators=20, verbose=-1), three),
    ("lightgbm-one-against-all", lightgbm.LGBMClassifier(n_estimators=20, verbose=-1, objective="multiclassova"), three),
    ("lightgbm-amount", lightgbm.LGBMRegressor(n_estimators=40, verbose=-1), amount),
    ("lightgbm-nothing-missing", lightgbm.LGBMRegressor(n_estimators=40, verbose=-1, objective="gamma"), None),
]:
    if y is None:
        model.fit(plain, numpy.abs(amount_plain) + 1)
    else:
        model.fit(train, y)
    def splits(node):
        if "split_feature" in node:
            yield node["split_feature"], node["threshold"]
            yield from splits(node["left_child"])
            yield from splits(node["right_child"])
    trees = model.booster_.dump_model()["tree_info"]
    X = on(columns(rows, True), of_trees(pair for tree in trees for pair in splits(tree["tree_structure"])))
    write(name, "lightgbm", X, model, lambda target: model.booster_.save_model(target / "model.txt"))

scaled = lambda model: make_pipeline(StandardScaler(), model)
for name, model, y, missing in [
    ("sklearn-logistic", scaled(LogisticRegression()), two_plain, False),
    ("sklearn-logistic-three", scaled(LogisticRegression()), three_plain, False),
    ("sklearn-linear", LinearRegression(), amount_plain, False),
    ("sklearn-ridge", scaled(Ridge()), amount_plain, False),
    ("sklearn-tree", DecisionTreeClassifier(max_depth=6), three, True),
    ("sklearn-forest", RandomForestClassifier(20, max_depth=8), two, True),
    ("sklearn-forest-amount", RandomForestRegressor(20, max_depth=8), amount_plain, True),
    ("sklearn-extra-trees", ExtraTreesClassifier(20, max_depth=8), three_plain, False),
    ("sklearn-boosting", GradientBoostingClassifier(n_estimators=30), two_plain, False),
    ("sklearn-boosting-three", scaled(GradientBoostingClassifier(n_estimators=15)), three_plain, False),
    ("sklearn-boosting-amount", GradientBoostingRegressor(n_estimators=30), amount_plain, False),
    ("sklearn-histogram", HistGradientBoostingClassifier(max_iter=30), two, True),
    ("sklearn-histogram-three", HistGradientBoostingClassifier(max_iter=15), three, True),
    ("sklearn-histogram-poisson", HistGradientBoostingRegressor(max_iter=30, loss="poisson"), numpy.abs(amount), True),
]:
    model.fit(train if missing and "forest-amount" not in name else plain, y)
    last = model.steps[-1][1] if hasattr(model, "steps") else model
    stages = getattr(last, "estimators_", [last] if hasattr(last, "tree_") else [])
    trees = [each.tree_ for each in numpy.ravel(stages)] if "linear" not in name else []
    pairs = [(f, t) for tree in trees for f, t in zip(tree.feature, tree.threshold) if f >= 0]
    if hasattr(last, "_predictors"):
        pairs = [(node["feature_idx"], node["num_threshold"]) for stage in last._predictors for tree in stage for node in tree.nodes if not node["is_leaf"] and numpy.isfinite(node["num_threshold"])]
    X = columns(rows, missing)
    X = X if hasattr(model, "steps") else on(X, of_trees((f, t) for f, t in pairs if numpy.isfinite(t)))
    target = folder / name
    target.mkdir(parents=True)
    export(model, X, target / "model.json", target / "samples.jsonl")
    (target / "library").write_text("sklearn")


def write_graph(name, model, X, bits):
    """A graph of a fitted estimator. Its labels are scikit-learn's; so are its numbers in 64 bits, and in 32 those of the graph itself in Python: where scikit-learn computes in 64 bits, a graph in 32 is another model."""
    target = folder / f"onnx-{name}-{bits}"
    target.mkdir(parents=True)
    kind, number = (DoubleTensorType, numpy.float64) if bits == 64 else (FloatTensorType, numpy.float32)
    is_class = hasattr(model, "predict_proba")
    graph = skl2onnx.to_onnx(model, initial_types=[("X", kind([None, X.shape[1]]))], options={id(model): {"zipmap": False}} if is_class else None).SerializeToString()
    (target / "model.onnx").write_bytes(graph)
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    scores = session.run(None, {"X": X.astype(number)})[-1].astype(float)
    own = model.predict_proba(X) if is_class else model.predict(X)
    outputs = (own if bits == 64 else scores.reshape(own.shape)).tolist()
    labels = model.predict(X).tolist() if is_class else [None] * len(X)
    with open(target / "samples.jsonl", "w") as out:
        for row, output, label in zip(X.tolist(), outputs, labels):
            out.write(json.dumps({"row": row, "output": output, **({} if label is None else {"label": label})}) + "\n")
    (target / "library").write_text("onnx")


two_classes = two_plain.astype(int)
for name, model, y, widths in [
    ("logistic", scaled(LogisticRegression()), two_classes, (32, 64)),
    ("logistic-three", scaled(LogisticRegression()), three_plain, (32, 64)),
    ("linear", LinearRegression(), amount_plain, (32, 64)),
    ("ridge", scaled(Ridge()), amount_plain, (64,)),
    ("network", scaled(MLPClassifier((16,), max_iter=200, random_state=7)), three_plain, (32, 64)),
    ("neighbours", scaled(KNeighborsClassifier(5)), two_classes, (64,)),
    ("bayes", GaussianNB(), three_plain, (64,)),
    ("tree", DecisionTreeClassifier(max_depth=6, random_state=7), three_plain, (32,)),
    ("forest", RandomForestClassifier(20, max_depth=8, random_state=7), two_classes, (32,)),
    ("forest-amount", RandomForestRegressor(20, max_depth=8, random_state=7), amount_plain, (32,)),
    ("boosting", GradientBoostingClassifier(n_estimators=30, random_state=7), two_classes, (32,)),
]:
    model.fit(plain, y)
    stages = getattr(model, "estimators_", [model] if hasattr(model, "tree_") else [])
    splits = of_trees((f, t) for each in numpy.ravel(stages) for f, t in zip(each.tree_.feature, each.tree_.threshold) if f >= 0)
    for bits in widths:
        write_graph(name, model, on(columns(rows, False), splits), bits)
