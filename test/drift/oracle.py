"""Writes oracle.json: what Evidently and SciPy say of the samples that oracle-samples.ts draws as well.

    python -m venv venv && venv/bin/pip install evidently==0.7.23 "pandas<3" && venv/bin/python oracle.py
"""
import json
import pathlib

import evidently
import numpy as np
import pandas as pd
import scipy
from evidently.legacy.calculations.stattests import (
    jensenshannon_stat_test,
    ks_stat_test,
    psi_stat_test,
    wasserstein_stat_test,
)
from evidently.legacy.core import ColumnType
from scipy import stats


def uniforms(seed, count):
    """Park and Miller's generator: the same in every language."""
    values = []
    for _ in range(count):
        seed = seed * 16807 % 2147483647
        values.append(seed / 2147483647)
    return values


def numbers(seed, count, shift):
    """Sums of three uniforms, to three decimals: bell-shaped, with ties."""
    draws = uniforms(seed, 3 * count)
    return [round((draws[3 * i] + draws[3 * i + 1] + draws[3 * i + 2]) * 1000 + shift) / 1000 for i in range(count)]


def categories(seed, count, tilt):
    return ["abcdef"[int(6 * draw**tilt)] for draw in uniforms(seed, count)]


def ask(test, reference, current, kind):
    return float(test(pd.Series(reference), pd.Series(current), ColumnType(kind), None).drift_score)


numeric = []
for seed, n, m, shift in [(11, 40, 60, 0), (12, 300, 200, 80), (13, 900, 950, 20), (14, 2000, 1500, 30), (15, 6000, 4000, 10)]:
    x, y = numbers(seed, n, 0), numbers(seed + 100, m, shift)
    numeric.append({
        "seed": seed, "n": n, "m": m, "shift": shift,
        "wasserstein": ask(wasserstein_stat_test, x, y, "num"),
        "ksP": ask(ks_stat_test, x, y, "num"),
        "ks": float(stats.ks_2samp(x, y).statistic),
        "ksPLimit": float(stats.ks_2samp(x, y, method="asymp").pvalue),
    })

categorical = []
for seed, n, m, tilt in [(21, 100, 80, 1.0), (22, 1200, 900, 1.2), (23, 5000, 8000, 1.6)]:
    x, y = categories(seed, n, 1.0), categories(seed + 100, m, tilt)
    table = np.array([[side.count(each) for each in "abcdef"] for side in (x, y)])
    chi = stats.chi2_contingency(table, correction=False)
    categorical.append({
        "seed": seed, "n": n, "m": m, "tilt": tilt,
        "jensenShannon": ask(jensenshannon_stat_test, x, y, "cat"),
        "psi": ask(psi_stat_test, x, y, "cat"),
        "chiSquare": float(chi[0]), "chiSquareP": float(chi[1]),
    })

tails = {
    "chiSquare": [[x, df, float(stats.chi2.sf(x, df))] for x, df in
                  [(0.1, 1), (3.84, 1), (14.067, 7), (16.9189776, 9), (2, 9), (60, 9), (300, 9), (1000, 900), (5, 40)]],
    "kolmogorov": [[x, float(stats.kstwobign.sf(x))] for x in (0.3, 0.5, 0.79, 0.8, 0.81, 1, 1.36, 2, 4)],
    "fisher": [[a, n, b, m, float(stats.fisher_exact([[b, m - b], [a, n - a]], alternative="greater")[1])] for a, n, b, m in
               [(0, 100, 5, 100), (3, 50, 9, 40), (10, 1000, 10, 1000), (200, 10000, 260, 10000), (0, 20, 0, 30), (5, 5, 3, 3)]],
}

versions = {"evidently": evidently.__version__, "scipy": scipy.__version__, "numpy": np.__version__}
path = pathlib.Path(__file__).with_name("oracle.json")
path.write_text(json.dumps({"versions": versions, "numeric": numeric, "categorical": categorical, "tails": tails}, indent=2) + "\n")
