"""From a file to figures with pandas, LightGBM and scikit-learn: one JSON line of processor times and answers."""

import json
import resource
import sys
import time

import lightgbm as lgb
import numpy as np
import pandas as pd
import sklearn
from sklearn.calibration import calibration_curve
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score, roc_curve
from sklearn.model_selection import train_test_split

path, threads = sys.argv[1], int(sys.argv[2])
times = {}


def step(name, work):
    before = time.process_time()
    result = work()
    times[name] = time.process_time() - before
    return result


def features():
    x = table.drop(columns=["id", "churn"])
    for name in x.select_dtypes(exclude="number").columns:
        x[name] = x[name].astype("category")
    return x, (table["churn"] == "yes").to_numpy().astype(int)


def headline(y, p):
    """The figures that come with intervals."""
    below, above, _ = roc_curve(y, p)
    top = np.argsort(-p)[: int(np.ceil(0.1 * len(p)))]
    return [
        roc_auc_score(y, p),
        average_precision_score(y, p),
        brier_score_loss(y, p),
        log_loss(y, p),
        np.abs(above - below).max(),
        y[top].mean() / y.mean(),
    ]


def evaluate():
    p = model.predict_proba(x_test)[:, 1]
    return p, headline(y_test, p), calibration_curve(y_test, p, n_bins=10)


def intervals(y, p, level=0.95):
    """Percentile limits of the same figures, of as many resamples as holdfast draws: sorted once, then passes of numpy.

    Equal probabilities are read together, as roc_curve and average_precision_score do.
    """
    random = np.random.default_rng(1)
    order = np.argsort(-p, kind="stable")
    p, y = p[order], y[order]
    rows = len(p)
    ends = np.flatnonzero(np.append(p[1:] != p[:-1], True))
    squares = (p - y) ** 2
    losses = -np.where(y == 1, np.log(p), np.log1p(-p))
    top = int(np.ceil(0.1 * rows))
    drawn = np.empty((min(1000, max(100, 100_000_000 // rows)), 6))
    for resample in drawn:
        times = np.bincount(random.integers(0, rows, rows), minlength=rows)
        contacted, caught = np.cumsum(times)[ends], np.cumsum(times * y)[ends]
        spent = contacted - caught
        churners, stayers = caught[-1], spent[-1]
        leaving, staying = np.diff(caught, prepend=0), np.diff(spent, prepend=0)
        some = leaving > 0
        resample[:] = [
            (staying * (caught - leaving / 2)).sum() / churners / stayers,
            (leaving[some] * (caught[some] / contacted[some])).sum() / churners,
            times @ squares / rows,
            times @ losses / rows,
            np.abs(caught / churners - spent / stayers).max(),
            np.interp(top, contacted, caught) / top / (churners / rows),
        ]
    return np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)


table = step("readTable", lambda: pd.read_csv(path))
x, y = step("fromFlatTable", features)
x_train, x_test, y_train, y_test = step(
    "splitRows", lambda: train_test_split(x, y, test_size=0.2, random_state=1, stratify=y)
)
model = step("trainBoosting", lambda: lgb.LGBMClassifier(verbose=-1, n_jobs=threads).fit(x_train, y_train))
p, figures, _ = step("evaluate", evaluate)
lower, upper = step("intervals", lambda: intervals(y_test, p))
answers = {
    "rows": len(table),
    "sum": float(table.iloc[:, 1].sum()),
    "churners": int(y.sum()),
    "tested": len(y_test),
    "rocAuc": figures[0],
    "rocAucWidth": upper[0] - lower[0],
}
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
versions = {"pandas": pd.__version__, "lightgbm": lgb.__version__, "scikit-learn": sklearn.__version__}
json.dump({"times": times, "answers": answers, "memory": memory, "versions": versions}, sys.stdout)
