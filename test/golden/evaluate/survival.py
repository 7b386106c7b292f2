"""Makes survival.json: figures of scikit-survival and lifelines, for test/evaluate/survival/golden.test.ts.

Run: python survival.py > survival.json   (Python 3.11, scikit-survival 0.28.0, lifelines 0.30.3, numpy 2)

Our customers who are censored on a day stayed to its end. scikit-survival takes G(t) = P(censored after t) and leaves who
is censored at t out of those who stayed beyond t; so it is given durations of the censored that are half a day longer,
and truncation a moment later, which is the same for whole days and changes nothing for days that are not shared.
"""

import json
import sys

import numpy as np
import sksurv
from lifelines.utils import concordance_index
from sksurv.metrics import concordance_index_censored, concordance_index_ipcw, cumulative_dynamic_auc
from sksurv.util import Surv


def longer(duration, churned, by):
    return Surv.from_arrays(churned == 1, duration + by * (churned == 0))


def case(name, risk, duration, churned, days, until, by, reference=None):
    own = longer(duration, churned, by)
    train = own if reference is None else longer(*reference, by)
    harrell = concordance_index_censored(churned == 1, duration, risk, tied_tol=0)[0]
    # lifelines wants predicted times: the higher the later.
    assert abs(harrell - concordance_index(duration, -risk, churned)) < 1e-12
    auc, mean = cumulative_dynamic_auc(train, own, risk, np.array(days), tied_tol=0)
    # Up to the last churn that counts the reference must be known; without truncation scikit-survival wants all of it.
    full = None if reference is not None else concordance_index_ipcw(train, own, risk, tied_tol=0)[0]
    return {
        "name": name,
        "risk": risk.tolist(),
        "duration": duration.tolist(),
        "churned": churned.tolist(),
        "reference": None if reference is None else {"duration": reference[0].tolist(), "churned": reference[1].tolist()},
        "days": days,
        "untilDay": until,
        "expected": {
            "concordance": harrell,
            "uno": full,
            "unoUntil": concordance_index_ipcw(train, own, risk, tau=until + by / 2 if by else until, tied_tol=0)[0],
            "auc": auc.tolist(),
            "mean": mean,
        },
    }


def main():
    rng = np.random.default_rng(5)

    def follow(n, censoring, whole):
        score = rng.normal(size=n)
        time = rng.exponential(np.exp(4 - score))
        end = rng.uniform(1, censoring, n)
        duration = np.minimum(time, end)
        if whole:
            duration = np.ceil(duration)
        churned = (time <= end).astype(int)
        return score + rng.normal(size=n), np.maximum(duration, 0.001), churned

    cases = []
    cases.append(case("days that nobody shares", *follow(150, 150, False), [10.0, 20.0, 40.0], 60.0, 0))
    cases.append(case("whole days, shared by churn and censoring", *follow(200, 60, True), [5, 15, 30, 45], 40, 0.5))
    risk, duration, churned = follow(200, 90, True)
    cases.append(case("risks in bands, many tied", np.round(risk), duration, churned, [10, 20, 30], 50, 0.5))
    risk, duration, churned = follow(250, 12, True)
    cases.append(case("most are censored early", risk, duration, churned, [4, 8], 9, 0.5))
    risk, duration, churned = follow(120, 60, True)
    _, *reference = follow(300, 90, True)
    cases.append(case("censoring of a reference", risk, duration, churned, [5, 15, 30], 35, 0.5, reference))
    risk, duration, churned = follow(100, 90, True)
    end = np.full(100, 30.0)
    churned = churned * (duration <= end)
    cases.append(case("all followed to one day, some churn on it", risk, np.minimum(duration, end), churned, [7, 29], 30, 0.5))
    risk, duration, churned = follow(100, 90, True)
    cases.append(case("nobody is censored", risk, duration, np.ones(100, dtype=int), [7, 29], 30, 0.5))
    json.dump({"program": "survival.py", "scikitSurvival": sksurv.__version__, "cases": cases}, sys.stdout, default=lambda v: v.item())
    print()


main()
