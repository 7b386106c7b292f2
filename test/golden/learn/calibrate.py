"""Writes calibrate.json: calibrators of scikit-learn, betacal and scipy for the tests of src/learn/calibrate.

Run in an environment with numpy, scipy, scikit-learn and betacal:  python test/golden/learn/calibrate.py
"""

import json
import pathlib
from importlib.metadata import version

import numpy as np
import scipy
import sklearn
from betacal import BetaCalibration
from scipy.optimize import minimize
from scipy.special import expit, log_expit
from sklearn.calibration import _SigmoidCalibration
from sklearn.isotonic import IsotonicRegression


def platt_smoothed(margin, outcome, weight):
    """Platt's targets; expit(-(a m + b)), L-BFGS with a gradient of 1e-6 at most, summed over the rows."""
    fitted = _SigmoidCalibration().fit(margin, outcome, sample_weight=weight)
    return {"intercept": -float(fitted.b_), "slope": -float(fitted.a_)}


def maximum_likelihood(columns, outcome, weight):
    """The minimum of the summed log loss by scipy, then Newton steps by hand until the gradient is rounding."""
    design = np.column_stack([*columns, np.ones(len(outcome))])

    def loss(x):
        z = design @ x
        return -np.sum(weight * (outcome * log_expit(z) + (1 - outcome) * log_expit(-z)))

    def gradient(x):
        return design.T @ (weight * (expit(design @ x) - outcome))

    def hessian(x):
        p = expit(design @ x)
        return (design * (weight * p * (1 - p))[:, None]).T @ design

    start = np.array([1.0] * len(columns) + [0.0])
    found = minimize(loss, start, jac=gradient, hess=hessian, method="trust-exact", options={"gtol": 1e-6})
    x = found.x
    for _ in range(5):
        x = x - np.linalg.solve(hessian(x), gradient(x))
    assert np.abs(gradient(x)).max() < 1e-11 * len(outcome)
    return [float(value) for value in x], float(loss(x))


def beta_fit(probability, outcome, weight):
    """The best of all that the constraint allows: every choice of a = 0 or b = 0 is tried."""
    lower, upper = np.log(probability), -np.log1p(-probability)
    tried = []
    for columns in ([lower, upper], [lower], [upper], []):
        values, loss = maximum_likelihood(columns, outcome, weight)
        coefficients = dict(zip([{id(lower): "a", id(upper): "b"}[id(c)] for c in columns] + ["c"], values))
        if all(coefficients.get(name, 0) >= 0 for name in "ab"):
            tried.append((loss, {"a": coefficients.get("a", 0.0), "b": coefficients.get("b", 0.0), "c": coefficients["c"]}))
    return min(tried, key=lambda one: one[0])[1]


def isotonic_fit(probability, outcome, weight, at):
    fitted = IsotonicRegression(out_of_bounds="clip").fit(probability, outcome, sample_weight=weight)
    return [float(value) for value in fitted.predict(at)]


def case(name, rows, seed, distort, weighted, digits):
    random = np.random.default_rng(seed)
    margin = np.round(random.normal(-1, 1.5, rows), digits)
    outcome = (random.uniform(size=rows) < expit(distort(margin))).astype(int)
    # Nobody has a block of nobody or of everybody: those are ours alone, see fitIsotonic.
    order = np.argsort(margin)
    outcome[order[0]], outcome[order[-1]] = 1, 0
    outcome[order[1]], outcome[order[-2]] = 0, 1
    weight = random.integers(1, 5, rows) / 2 if weighted else np.ones(rows)
    probability = expit(margin)
    at = np.linspace(0.001, 0.999, 41)
    betacal = BetaCalibration(parameters="abm").fit(probability.reshape(-1, 1), outcome, sample_weight=weight)
    return {
        "name": name,
        "margin": margin.tolist(),
        "outcome": outcome.tolist(),
        "weight": weight.tolist(),
        "plattSmoothed": platt_smoothed(margin, outcome, weight),
        "platt": maximum_likelihood([margin], outcome, weight)[0],
        "beta": beta_fit(probability, outcome, weight),
        "at": at.tolist(),
        "betacal": [float(value) for value in betacal.predict(at)],
        "isotonic": isotonic_fit(probability, outcome, weight, at),
        "isotonicOfRows": isotonic_fit(probability, outcome, weight, probability),
    }


cases = [
    case("too sure", 300, 1, lambda m: 0.4 * m, False, 6),
    case("too low, weighted, with ties", 400, 2, lambda m: m + 1, True, 1),
    case("bent", 500, 3, lambda m: np.where(m > 0, 3 * m, 0.3 * m), False, 6),
    case("bent so far that a is 0", 600, 4, lambda m: -2 - 0.4 * m + 4 * np.maximum(m, 0), True, 6),
    case("bent so far that b is 0", 600, 5, lambda m: 2 + 4 * np.minimum(m, 0) - 0.4 * m, False, 6),
]
versions = {name: version(name) for name in ("numpy", "scipy", "scikit-learn", "betacal")}
path = pathlib.Path(__file__).with_name("calibrate.json")
path.write_text(json.dumps({"versions": versions, "cases": cases}) + "\n")
print(versions, [(c["name"], c["platt"], c["beta"]) for c in cases])
