"""Makes metrics.json: the figures of scikit-learn on generated cases, for test/evaluate/golden.test.ts.

Run: python metrics.py > metrics.json   (Python 3.11, scikit-learn 1.9.1, scipy 1.16, numpy 2)

Lift, precision and recall of a top share, calibration errors and the parts of the Brier score are not in scikit-learn
as we define them; they are computed here from their formulas, row by row, by exact fractions where ties are shared.
"""

import itertools
import json
import math
import sys
from fractions import Fraction

import numpy as np
import scipy
import sklearn
from scipy.stats import ks_2samp
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    confusion_matrix,
    f1_score,
    fbeta_score,
    log_loss,
    matthews_corrcoef,
    precision_recall_curve,
    precision_score,
    recall_score,
    roc_auc_score,
    roc_curve,
)


def caught_in_top(p, y, w, share):
    """Expected churners among the k highest in random order of ties, by exact fractions; weights repeat rows."""
    rows = sorted(((float(a), int(b)) for a, b, c in zip(p, y, w) for _ in range(int(c))), reverse=True)
    k = math.ceil(Fraction(str(share)) * len(rows))
    left = k
    caught = Fraction(0)
    for _, tied in itertools.groupby(rows, key=lambda row: row[0]):
        group = [b for _, b in tied]
        part = min(Fraction(1), Fraction(left, len(group)))
        caught += part * sum(group)
        left -= min(left, len(group))
        if left == 0:
            break
    return caught, k, len(rows), sum(b for _, b in rows)


def top(p, y, w, share):
    caught, k, n, churners = caught_in_top(p, y, w, share)
    precision = caught / k
    return {
        "lift": float(precision / Fraction(churners, n)),
        "precision": float(precision),
        "recall": float(caught / churners),
    }


def width_bins(p, bins):
    edges = [i / bins for i in range(bins + 1)]
    return np.array([max(i for i in range(bins) if a >= edges[i]) for a in p])


def count_bins(p, w, bins):
    """By the rank of the middle of all rows with this probability."""
    below = {a: sum(c for b, c in zip(p, w) if b < a) for a in set(p)}
    size = {a: sum(c for b, c in zip(p, w) if b == a) for a in set(p)}
    return np.array([min(bins - 1, math.floor(bins * (below[a] + size[a] / 2) / sum(w))) for a in p])


def calibration(p, y, w, bin_of):
    gaps = []
    for k in set(bin_of):
        inside = bin_of == k
        gaps.append((sum(w[inside]), abs(np.average(p[inside] - y[inside], weights=w[inside])) if sum(w[inside]) else 0))
    return {
        "expected": sum(size * gap for size, gap in gaps) / sum(w),
        "maximum": max(gap for size, gap in gaps if size > 0),
    }


def brier_parts(p, y, w, bin_of):
    """Stephenson, Coelho and Jolliffe (2008), row by row: each row gets the means of its bin."""
    keep = w > 0
    p, y, w, bin_of = p[keep], y[keep], w[keep], bin_of[keep]
    f = np.array([np.average(p[bin_of == k], weights=w[bin_of == k]) for k in bin_of])
    o = np.array([np.average(y[bin_of == k], weights=w[bin_of == k]) for k in bin_of])
    b = np.average(y, weights=w)
    parts = {
        "reliability": np.average((f - o) ** 2, weights=w),
        "resolution": np.average((o - b) ** 2, weights=w),
        "uncertainty": b * (1 - b),
        "withinBinVariance": np.average((p - f) ** 2, weights=w),
        "withinBinCovariance": 2 * np.average((p - f) * (y - o), weights=w),
    }
    score = brier_score_loss(y, p, sample_weight=w)
    total = (
        parts["reliability"] - parts["resolution"] + parts["uncertainty"]
        + parts["withinBinVariance"] - parts["withinBinCovariance"]
    )
    assert abs(total - score) < 1e-13, (total, score)
    return {**parts, "brierScore": score, "skill": 1 - score / parts["uncertainty"]}


def kolmogorov_smirnov(p, y, w):
    false_rate, true_rate, _ = roc_curve(y, p, sample_weight=w)
    largest = np.abs(true_rate - false_rate).max()
    if (w == 1).all():
        assert abs(ks_2samp(p[y == 1], p[y == 0]).statistic - largest) < 1e-12
    return largest


def curves(p, y, w):
    false_rate, true_rate, threshold = roc_curve(y, p, sample_weight=w, drop_intermediate=False)
    precision, recall, at = precision_recall_curve(y, p, sample_weight=w)
    return {
        "roc": {
            "falsePositiveRate": false_rate.tolist(),
            "truePositiveRate": true_rate.tolist(),
            "threshold": threshold[1:].tolist(),
        },
        # Ours runs from the highest threshold, and without the point of nobody contacted.
        "precisionRecall": {
            "precision": precision[-2::-1].tolist(),
            "recall": recall[-2::-1].tolist(),
            "threshold": at[::-1].tolist(),
        },
    }


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


def case(name, p, y, w=None, line=True):
    weights = np.ones(len(p)) if w is None else w
    whole = all(float(v).is_integer() for v in weights)
    small = len(p) <= 500
    # From 0.5 of weight upwards, in the middle of the probabilities, never on one of them.
    threshold = float(np.median(p)) + 1e-9
    label = (p >= threshold).astype(int)
    tn, fp, fn, tp = confusion_matrix(y, label, sample_weight=weights).ravel()
    auc = roc_auc_score(y, p, sample_weight=weights)
    binnings = {"width10": width_bins(p, 10), "width5": width_bins(p, 5)}
    if small:
        binnings["count7"] = count_bins(p, weights, 7)
    expected = {
        "rocAuc": auc,
        "giniCoefficient": 2 * auc - 1,
        "kolmogorovSmirnov": kolmogorov_smirnov(p, y, weights),
        "averagePrecision": average_precision_score(y, p, sample_weight=weights),
        "logLoss": log_loss(y, p, sample_weight=weights),
        "brierScore": brier_score_loss(y, p, sample_weight=weights),
        "calibration": {key: calibration(p, y, weights, bins) for key, bins in binnings.items()},
        "brierParts": {key: brier_parts(p, y, weights, bins) for key, bins in binnings.items() if small or key == "width5"},
        "calibrationLine": calibration_line(p, y, weights) if line else None,
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
        "matthewsCorrelation": matthews_corrcoef(y, label, sample_weight=weights),
        "fBeta": {str(b): fbeta_score(y, label, beta=b, sample_weight=weights) for b in (0.5, 1, 2)},
        "top": {str(s): top(p, y, weights, s) for s in (0.07, 0.1, 0.5)} if whole else None,
        "curves": curves(p, y, weights) if small and (weights > 0).all() else None,
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
    for name, churned in (("1 churner of 10,000", 1), ("9,999 churners of 10,000", 9999)):
        p = np.round(rng.random(10_000) ** (6 if churned == 1 else 0.1) * 0.98 + 0.001, 6)
        y = np.full(10_000, churned // 2 > 0, dtype=int)
        y[int(np.argsort(p)[7000 if churned == 1 else 3000])] = churned == 1
        cases.append(case(f"extreme imbalance: {name}", p, y, line=False))
    p = np.round(rng.random(8_000), 3).clip(0.001, 0.999)
    cases.append(case("8,000 rows, 999 distinct probabilities, whole weights", p, outcomes(p), rng.integers(1, 4, 8_000).astype(float)))
    cases.append(case("2 rows", np.array([0.75, 0.25]), np.array([1, 0]), line=False))
    cases.append(case("3 rows, two tied", np.array([0.5, 0.25, 0.25]), np.array([0, 1, 0]), line=False))
    p = np.concatenate([10.0 ** -rng.uniform(1, 15, 100), 1 - 10.0 ** -rng.uniform(1, 12, 100)])
    y = np.repeat([0, 1], 100)
    y[[3, 60]] = 1
    y[[130, 190]] = 0
    cases.append(case("probabilities within 1e-15 of 0 and 1e-12 of 1", p, y, line=False))
    json.dump(
        {"program": "metrics.py", "sklearn": sklearn.__version__, "scipy": scipy.__version__, "cases": cases},
        sys.stdout,
        default=lambda v: v.item(),
        allow_nan=False,
    )
    print()


main()
