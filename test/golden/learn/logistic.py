"""Writes logistic.json: coefficients and probabilities of scikit-learn for the tests of trainLogistic.

Run in an environment with numpy and scikit-learn:  python test/golden/learn/logistic.py
The design matrix is built by hand so that each convention can be read here.
"""

import json
import pathlib

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from sklearn.model_selection import PredefinedSplit

random = np.random.default_rng(7)
rows = 160
tenure = np.round(random.uniform(0, 70, rows), 1)
fee = np.round(random.normal(60, 25, rows), 2)
plan = random.choice(["basic", "family", "premium", "staff", "trial"], rows, p=[0.45, 0.3, 0.2, 0.03, 0.02])
region = random.choice(["east", "west"], rows)
margin = 0.8 - tenure / 20 + (plan == "premium") * 1.2 + (region == "west") * 0.5
outcome = (random.uniform(size=rows) < 1 / (1 + np.exp(-margin))).astype(int)
fee_missing = random.uniform(size=rows) < 0.15
plan_missing = random.uniform(size=rows) < 0.1
weight = random.integers(1, 4, rows).astype(float) / 2


def design_of(min_category_rows, w):
    columns, names = [], []

    def score(name, values, missing):
        known = ~missing
        mean = np.average(values[known], weights=w[known])
        deviation = np.sqrt(np.average((values[known] - mean) ** 2, weights=w[known]))
        columns.append(np.where(missing, 0, (values - mean) / deviation))
        names.append(name)
        if missing.any():
            columns.append(missing.astype(float))
            names.append(name + " missing")

    def one_hot(name, values, missing):
        rare = np.zeros(rows, bool)
        for category in sorted(set(values[~missing])):
            here = (values == category) & ~missing
            if w[here].sum() < min_category_rows:
                rare |= here
            else:
                columns.append(here.astype(float))
                names.append(f"{name} {category}")
        if rare.any():
            columns.append(rare.astype(float))
            names.append(name + " rare")
        if missing.any():
            columns.append(missing.astype(float))
            names.append(name + " missing")

    none = np.zeros(rows, bool)
    score("fee", fee, fee_missing)
    one_hot("plan", plan, plan_missing)
    one_hot("region", region, none)
    score("tenure", tenure, none)
    return np.column_stack(columns), names


def solve(inverse_regularization, min_category_rows, weights):
    w = np.ones(rows) if weights is None else weights
    design, names = design_of(min_category_rows, w)
    model = LogisticRegression(C=inverse_regularization, solver="newton-cholesky", tol=1e-13, max_iter=1000)
    model.fit(design, outcome, sample_weight=w)
    return {
        "inverseRegularization": inverse_regularization,
        "minCategoryRows": min_category_rows,
        "weighted": weights is not None,
        "intercept": model.intercept_[0],
        "coefficients": dict(zip(names, model.coef_[0])),
        "probability": list(model.predict_proba(design)[:, 1]),
    }


def choose():
    """The strength of least log loss on five folds: row number modulo 5."""
    design, names = design_of(10, np.ones(rows))
    grid = [10 ** (k / 2 - 4) for k in range(13)]
    model = LogisticRegressionCV(
        Cs=grid,
        cv=PredefinedSplit(np.arange(rows) % 5),
        scoring="neg_log_loss",
        solver="newton-cholesky",
        tol=1e-13,
        max_iter=1000,
        use_legacy_attributes=False,
    )
    model.fit(design, outcome)
    return {
        "grid": grid,
        "logLoss": list(-model.scores_.reshape(5, len(grid)).mean(axis=0)),
        "inverseRegularization": float(model.C_),
        "intercept": model.intercept_[0],
        "coefficients": dict(zip(names, model.coef_[0])),
    }


golden = {
    "madeBy": f"scikit-learn {sklearn.__version__}",
    "tenure": list(tenure),
    "fee": [None if m else v for v, m in zip(fee, fee_missing)],
    "plan": [None if m else str(v) for v, m in zip(plan, plan_missing)],
    "region": [str(v) for v in region],
    "outcome": [int(v) for v in outcome],
    "weight": list(weight),
    "cases": [
        solve(1.0, 0, None),
        solve(1.0, 10, None),
        solve(0.01, 10, None),
        solve(1000.0, 10, None),
        solve(1.0, 10, weight),
    ],
    "chosen": choose(),
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden, indent=1, default=float) + "\n")
