"""Makes uplift.json: figures of scikit-uplift and causalml, for test/evaluate/uplift/golden.test.ts.

Run: python uplift.py > uplift.json   (Python 3.11, scikit-uplift 0.5.1, causalml 0.18.0, numpy 2)

Both libraries take y = 1 for the good event; outcome = 1 is that event where goodOutcome is 1, and its opposite where it
is 0. causalml orders equal scores as they come: its figures are left out where scores are tied. Weights of scikit-uplift
and causalml do not exist: rows are repeated.
"""

import json
import sys
import warnings

import numpy as np
import pandas as pd
from causalml.metrics import auuc_score, qini_score
from sklift.metrics import qini_auc_score, qini_curve, uplift_at_k, uplift_auc_score, uplift_curve


warnings.filterwarnings("ignore", category=FutureWarning)


def case(name, score, good, treated, good_outcome, weight=None):
    rows = np.repeat(np.arange(len(score)), 1 if weight is None else weight)
    s, y, t = score[rows], good[rows], treated[rows]
    tied = len(np.unique(s)) < len(s)
    frame = pd.DataFrame({"y": y, "w": t, "score": s})
    top = None if tied else {str(k): uplift_at_k(y, s, t, strategy="overall", k=k) for k in (0.3, 0.5)}
    return {
        "name": name,
        "score": score.tolist(),
        "outcome": (good if good_outcome == 1 else 1 - good).tolist(),
        "treated": treated.tolist(),
        "weight": None if weight is None else weight.tolist(),
        "goodOutcome": good_outcome,
        "expected": {
            "qiniCurve": [part.tolist() for part in qini_curve(y, s, t)],
            "upliftCurve": [part.tolist() for part in uplift_curve(y, s, t)],
            "qiniOfPerfect": qini_auc_score(y, s, t),
            "upliftOfPerfect": uplift_auc_score(y, s, t),
            "qiniOfTotal": None if tied else qini_score(frame)["score"],
            "upliftOfTotal": None if tied else auuc_score(frame)["score"],
            "upliftAtShare": top,
        },
    }


def main():
    rng = np.random.default_rng(3)
    cases = []
    y = np.array([1, 0, 1, 1, 0, 0, 1, 0, 0, 0])
    t = np.array([1, 0, 1, 0, 1, 0, 1, 0, 1, 0])
    u = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05])
    cases.append(case("ten customers", u, y, t, 1))

    def campaign(n, treated_share, effect, base=0.6):
        score = rng.normal(size=n)
        treated = (rng.random(n) < treated_share).astype(int)
        good = (rng.random(n) < np.clip(base + treated * effect * score, 0, 1)).astype(int)
        return score, good, treated

    cases.append(case("half treated", *campaign(200, 0.5, 0.2), 0))
    cases.append(case("few treated", *campaign(300, 0.1, 0.3), 0))
    cases.append(case("few are kept out", *campaign(300, 0.95, 0.2), 0))
    cases.append(case("the wrong way round", *campaign(200, 0.5, -0.3), 1))
    score, good, treated = campaign(250, 0.4, 0.2)
    cases.append(case("scores in bands, many tied", np.round(score), good, treated, 0))
    score, good, treated = campaign(60, 0.4, 0.2)
    cases.append(case("whole weights, some 0", score, good, treated, 0, rng.integers(0, 4, 60)))
    score, good, treated = campaign(200, 0.5, 0.2, base=0.9)
    cases.append(case("almost everybody stays", score, good, treated, 0))
    json.dump({"program": "uplift.py", "cases": cases}, sys.stdout, default=lambda v: v.item())
    print()


main()
