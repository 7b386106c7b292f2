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

path, threads, resamples = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
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


def intervals():
    """The same figures of some resamples: their time stands for as many as the other side draws."""
    random = np.random.default_rng(1)
    for _ in range(resamples):
        rows = random.integers(0, len(p), len(p))
        headline(y_test[rows], p[rows])


table = step("readTable", lambda: pd.read_csv(path))
x, y = step("fromFlatTable", features)
x_train, x_test, y_train, y_test = step(
    "splitRows", lambda: train_test_split(x, y, test_size=0.2, random_state=1, stratify=y)
)
model = step("trainBoosting", lambda: lgb.LGBMClassifier(verbose=-1, n_jobs=threads).fit(x_train, y_train))
p, figures, _ = step("evaluate", evaluate)
step("resamples", intervals)
answers = {
    "rows": len(table),
    "sum": float(table.iloc[:, 1].sum()),
    "churners": int(y.sum()),
    "tested": len(y_test),
    "rocAuc": figures[0],
}
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
versions = {"pandas": pd.__version__, "lightgbm": lgb.__version__, "scikit-learn": sklearn.__version__}
json.dump({"times": times, "answers": answers, "memory": memory, "versions": versions}, sys.stdout)
