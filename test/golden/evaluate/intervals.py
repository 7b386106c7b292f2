"""Makes intervals.json: DeLong, clustered DeLong, BCa and corrected t figures, for test/evaluate/interval/golden.test.ts.

Run: python intervals.py > intervals.json   (Python 3.11, numpy 2, scipy 1.17.1, MLstatkit 0.1.91, confidenceinterval 1.0.5)

DeLong, DeLong and Clarke-Pearson (1988) and Obuchowski (1997) are written out pair by pair, in O(n^2), from the papers.
Where a package computes the same it must agree, or the program stops.
"""

import json

import numpy as np
from confidenceinterval.delong import delong_roc_variance
from MLstatkit import Delong_test
from scipy import stats
from scipy._lib._array_api import array_namespace
from scipy.stats._resampling import _bca_interval


def kernel(churned, stayed):
    return 1.0 if churned > stayed else 0.5 if churned == stayed else 0.0


def placements(p, y):
    """Placement value of each row."""
    rows = range(len(p))
    churners = [i for i in rows if y[i] == 1]
    stayers = [i for i in rows if y[i] == 0]
    values = np.zeros(len(p))
    for i in churners:
        values[i] = np.mean([kernel(p[i], p[j]) for j in stayers])
    for j in stayers:
        values[j] = np.mean([kernel(p[i], p[j]) for i in churners])
    return values


def delong(values, y):
    return np.var(values[y == 1], ddof=1) / np.sum(y == 1) + np.var(values[y == 0], ddof=1) / np.sum(y == 0)


def obuchowski(values, y, groups):
    """Variance of a clustered AUC, or of a difference, formula (4) of the paper."""
    m, n = np.sum(y == 1), np.sum(y == 0)
    theta = np.mean(values[y == 1])
    theta0 = np.mean(values[y == 0])
    s10 = s01 = s11 = 0.0
    i10 = i01 = 0
    ids = sorted(set(groups))
    for one in ids:
        inside = np.array([g == one for g in groups])
        x = values[inside & (y == 1)]
        z = values[inside & (y == 0)]
        i10 += len(x) > 0
        i01 += len(z) > 0
        dx = np.sum(x) - len(x) * theta
        dz = np.sum(z) - len(z) * theta0
        s10 += dx**2
        s01 += dz**2
        s11 += dx * dz
    k = len(ids)
    s10 *= i10 / ((i10 - 1) * m)
    s01 *= i01 / ((i01 - 1) * n)
    s11 *= k / (k - 1)
    return s10 / m + s01 / n + 2 * s11 / (m * n)


def auc(p, y):
    return float(np.mean([kernel(a, b) for a in p[y == 1] for b in p[y == 0]]))


def brier(p, y):
    return float(np.mean((p - y) ** 2))


def average_precision(p, y):
    total = 0.0
    for t in sorted(set(p[y == 1]), reverse=True):
        total += np.mean((p == t)[y == 1]) * np.mean(y[p >= t])
    return float(total)


def bca(statistic, p, y, figures):
    """Acceleration and shares of scipy for given resampled figures."""

    def on_rows(rows, axis=-1):
        return np.apply_along_axis(lambda r: statistic(p[r.astype(int)], y[r.astype(int)]), axis, rows)

    rows = (np.arange(len(p), dtype=float)[None, :],)
    lower, upper, a_hat = _bca_interval(rows, on_rows, -1, 0.05, np.array([figures]), None, array_namespace(figures))
    return {
        "resampled": list(map(float, figures)),
        "acceleration": float(np.ravel(a_hat)[0]),
        "lowerShare": float(np.ravel(lower)[0]),
        "upperShare": float(np.ravel(upper)[0]),
    }


def case(name, n, rate, decimals, seed):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < rate).astype(int)
    y[:4] = [1, 0, 1, 0]
    groups = rng.integers(0, n // 3, n)
    signal = rng.normal(size=n // 3)[groups]
    a = np.round(1 / (1 + np.exp(-(1.2 * y + 0.7 * signal + rng.normal(size=n) - 1))), decimals)
    b = np.round(1 / (1 + np.exp(-(0.8 * y + 0.7 * signal + rng.normal(size=n) - 1))), decimals)
    va, vb = placements(a, y), placements(b, y)
    difference = auc(a, y) - auc(b, y)
    z = difference / np.sqrt(delong(va - vb, y))
    variance_of_package = float(delong_roc_variance(y, a)[1])
    # The package computes in single precision.
    assert abs(variance_of_package / delong(va, y) - 1) < 1e-5
    p_of_package = Delong_test(y, a, b, return_ci=False, return_auc=False, verbose=0)[1]
    p_value = float(2 * stats.norm.cdf(-abs(z)))
    assert abs(p_of_package - p_value) < 1e-9, (p_of_package, p_value)
    half = len(y) // 2
    bootstraps = {}
    for metric, statistic in {"rocAuc": auc, "brierScore": brier, "averagePrecision": average_precision}.items():
        value = statistic(a, y)
        bootstraps[metric] = bca(statistic, a, y, value + 0.03 * rng.normal(size=40) + 0.004)
    return {
        "name": name,
        "probabilityA": a.tolist(),
        "probabilityB": b.tolist(),
        "outcome": y.tolist(),
        "groups": groups.tolist(),
        "auc": auc(a, y),
        "variance": float(delong(va, y)),
        "difference": difference,
        "differenceVariance": float(delong(va - vb, y)),
        "pValue": p_value,
        "clusteredVariance": float(obuchowski(va, y, groups)),
        "clusteredDifferenceVariance": float(obuchowski(va - vb, y, groups)),
        "bca": bootstraps,
    }


def folds(a, b, test_share):
    """Nadeau and Bengio (2003)."""
    d = np.array(a) - np.array(b)
    se = np.sqrt((1 / len(d) + test_share / (1 - test_share)) * np.var(d, ddof=1))
    lower, upper = stats.t.interval(0.9, len(d) - 1, loc=np.mean(d), scale=se)
    p = 2 * stats.t.sf(abs(np.mean(d)) / se, len(d) - 1)
    return {"a": a, "b": b, "testShare": test_share, "lower90": lower, "upper90": upper, "pValue": p}


print(
    json.dumps(
        {
            "cases": [
                case("no ties", 60, 0.3, 12, 1),
                case("ties", 90, 0.4, 1, 2),
                case("few churners", 120, 0.05, 2, 3),
            ],
            "folds": [
                folds([0.85, 0.83, 0.86, 0.84, 0.85], [0.84, 0.83, 0.84, 0.83, 0.83], 0.2),
                folds([0.61, 0.72, 0.58, 0.66], [0.64, 0.71, 0.65, 0.69], 0.3),
            ],
        }
    )
)
