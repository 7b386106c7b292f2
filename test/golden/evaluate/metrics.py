"""Makes metrics.json: the figures of scikit-learn on generated cases, for test/evaluate/golden.test.ts.

Run: python metrics.py > metrics.json   (Python 3.11, scikit-learn 1.9.1, numpy 2)

Lift, gains and calibration tables are not in scikit-learn as we define them; they are computed here from their
formulas, row by row and without sorting tricks, by exact fractions.
"""

import json
import math
import sys
from fractions import Fraction

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    confusion_matrix,
    f1_score,
    log_loss,
    precision_score,
    recall_score,
    roc_auc_score,
)


def lift(p, y, w, share):
    """Expected churners among the k highest in random order of ties, by exact fractions; weights repeat rows."""
    rows = [(float(a), int(b)) for a, b, c in zip(p, y, w) for _ in range(int(c))]
    n = len(rows)
    k = math.ceil(Fraction(str(share)) * n)
    left = Fraction(k)
    caught = Fraction(0)
    for value in sorted({a for a, _ in rows}, reverse=True):
        group = [b for a, b in rows if a == value]
        part = min(Fraction(1), left / len(group))
        caught += part * sum(group)
        left -= part * len(group)
        if left == 0:
            break
    return float(caught / k / Fraction(sum(b for _, b in rows), n))


def ece(p, y, w, bins):
    edges = [i / bins for i in range(bins + 1)]
    total = 0.0
    for i in range(bins):
        last = i == bins - 1
        inside = [(a >= edges[i]) and (a < edges[i + 1] or (last and a <= 1)) for a in p]
        total += abs(sum(c * (a - b) for a, b, c, d in zip(p, y, w, inside) if d))
    return total / sum(w)


def calibration_line(p, y, w):
    x = np.log(p / (1 - p))

    def newton(columns, offset):
        beta = np.zeros(columns.shape[1])
        for _ in range(200):
            mu = 1 / (1 + np.exp(-(offset + columns @ beta)))
            gradient = columns.T @ (w * (y - mu))
            hessian = (columns * (w * mu * (1 - mu))[:, None]).T @ columns
            step = np.linalg.solve(hessian, gradient)
            beta = beta + step
            if np.abs(step).max() < 1e-14:
                break
        return beta

    ones = np.ones((len(p), 1))
    both = newton(np.column_stack([ones, x]), np.zeros(len(p)))
    level = newton(ones, x)
    # The same by scikit-learn, whose optimiser is less exact: a check that the formula above is the right one.
    check = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10000).fit(x[:, None], y, sample_weight=w)
    assert abs(check.coef_[0, 0] - both[1]) < 1e-3, (check.coef_, both)
    return {"intercept": both[0], "slope": both[1], "interceptAtSlopeOne": level[0]}


def case(name, p, y, w=None):
    weights = np.ones(len(p)) if w is None else w
    whole = all(float(v).is_integer() for v in weights)
    # From 0.5 of weight upwards, in the middle of the probabilities, never on one of them.
    threshold = float(np.median(p)) + 1e-9
    label = (p >= threshold).astype(int)
    tn, fp, fn, tp = confusion_matrix(y, label, sample_weight=weights).ravel()
    expected = {
        "rocAuc": roc_auc_score(y, p, sample_weight=weights),
        "averagePrecision": average_precision_score(y, p, sample_weight=weights),
        "logLoss": log_loss(y, p, sample_weight=weights),
        "brierScore": brier_score_loss(y, p, sample_weight=weights),
        "calibrationError10": ece(p, y, weights, 10),
        "calibrationError5": ece(p, y, weights, 5),
        "calibrationLine": calibration_line(p, y, weights),
        "confusion": {
            "threshold": threshold,
            "truePositives": tp,
            "falsePositives": fp,
            "falseNegatives": fn,
            "trueNegatives": tn,
            "precision": precision_score(y, label, sample_weight=weights, zero_division=np.nan),
            "recall": recall_score(y, label, sample_weight=weights),
            "specificity": recall_score(1 - y, 1 - label, sample_weight=weights),
            "negativePredictiveValue": precision_score(1 - y, 1 - label, sample_weight=weights),
            "f1": f1_score(y, label, sample_weight=weights),
        },
        "lift": {str(s): lift(p, y, weights, s) for s in (0.07, 0.1, 0.5)} if whole else None,
    }
    return {
        "name": name,
        "probability": p.tolist(),
        "outcome": y.tolist(),
        "weight": None if w is None else w.tolist(),
        "expected": expected,
    }


def main():
    rng = np.random.default_rng(7)

    def outcomes(p):
        return (rng.random(len(p)) < p).astype(int)

    cases = []
    p = rng.random(200)
    cases.append(case("200 rows, calibrated", p, outcomes(p)))
    p = np.round(rng.random(300), 1).clip(0.05, 0.95)
    cases.append(case("ties: 11 distinct probabilities, most on bin ends", p, outcomes(p)))
    p = rng.random(150)
    cases.append(case("whole weights, some 0", p, outcomes(p), rng.integers(0, 4, 150).astype(float)))
    p = np.round(rng.random(150), 2).clip(0.01, 0.99)
    cases.append(case("fractional weights and ties", p, outcomes(p), rng.random(150) * 3))
    p = rng.random(2000) ** 6 * 0.98 + 1e-6
    y = np.zeros(2000, dtype=int)
    y[[int(np.argsort(-p)[3]), 17, 1033]] = 1
    cases.append(case("extreme imbalance: 3 churners of 2000", p, y))
    p = rng.random(400) ** 0.1 * 0.99
    y = np.ones(400, dtype=int)
    y[[5, 6]] = 0
    cases.append(case("extreme imbalance: 2 of 400 stayed", p, y))
    margin = rng.normal(size=250) * 6
    p = 1 / (1 + np.exp(-margin))
    cases.append(case("overconfident", p, outcomes(1 / (1 + np.exp(-margin / 4)))))
    p = rng.random(120)
    cases.append(case("worse than chance", p, outcomes(1 - p)))
    json.dump(
        {"program": "metrics.py", "sklearn": sklearn.__version__, "cases": cases},
        sys.stdout,
        default=lambda v: v.item(),
        allow_nan=False,
    )
    print()


main()
