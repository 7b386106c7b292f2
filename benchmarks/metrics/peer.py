"""Metrics of scikit-learn, numpy and pandas on the given rows: one JSON question a line, one JSON answer a line."""

import json
import sys

import numpy as np
import pandas as pd
import sklearn
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

folder = sys.argv[1]
p = np.fromfile(f"{folder}/probability", dtype=np.float64)
y = np.fromfile(f"{folder}/outcome", dtype=np.uint8)
w = np.fromfile(f"{folder}/weight", dtype=np.float64)


def deciles_pandas():
    """Churners per tenth from the top, as a notebook has them."""
    frame = pd.DataFrame({"p": p, "y": y})
    frame["decile"] = pd.qcut(frame["p"], 10, labels=False)
    table = frame.groupby("decile").agg(customers=("y", "size"), churners=("y", "sum"), lowest=("p", "min"))
    return table["churners"].to_numpy()[::-1].tolist()


def deciles_numpy():
    """The same without the sort that a table of tenths does not need; without the lowest probability of each."""
    edges = np.quantile(p, np.arange(1, 10) / 10)
    part = np.searchsorted(edges, p)
    return np.bincount(part, weights=y, minlength=10)[::-1].tolist()


work = {
    "rocAuc scikit-learn": lambda: [roc_auc_score(y, p)],
    "averagePrecision scikit-learn": lambda: [average_precision_score(y, p)],
    "logLoss scikit-learn": lambda: [log_loss(y, p)],
    "brierScore scikit-learn": lambda: [brier_score_loss(y, p)],
    "liftTable pandas": deciles_pandas,
    "liftTable numpy": deciles_numpy,
    "rocAucWeighted scikit-learn": lambda: [roc_auc_score(y, p, sample_weight=w)],
    "logLossWeighted scikit-learn": lambda: [log_loss(y, p, sample_weight=w)],
}

print(json.dumps({"scikit-learn": sklearn.__version__, "numpy": np.__version__, "pandas": pd.__version__}), flush=True)
for question in sys.stdin:
    print(json.dumps(work[json.loads(question)]()), flush=True)
