"""Makes effects.json: accumulated local effects of PyALE, for test/learn/explain/accumulatedLocalEffects.test.ts.

Run: python effects.py > effects.json   (Python 3.11, PyALE 1.2.0, pandas, numpy 2)

The model is a formula, which the test computes too: log odds with an interaction, a bend, and categories that act by
their own effect and by an interaction. PyALE's bins are type 1 quantiles, as ours; its categories are given the order of
their mean prediction, since PyALE's own order (by the likeness of other features) is another definition. PyALE 1.2.0
means type 1 quantiles, but takes one row fewer than there are and so may be one row off (numpy's are off where 0.15 × 300
is not 45): those by whole numbers are put in their place.
"""

import json
import sys

import numpy as np
import pandas as pd
from PyALE._src import ALE_1D
from PyALE._src.ALE_1D import aleplot_1D_categorical, aleplot_1D_continuous

plans = {"small": 0.0, "medium": 0.4, "large": -0.7, "staff": -1.5}



def quantiles_of_type_1(values, shares):
    count, bins = len(values), len(shares) - 1
    ranks = [max(0, -(-count * part // bins) - 1) for part in range(bins + 1)]
    return values.sort_values().iloc[ranks]


ALE_1D.quantile_ied = quantiles_of_type_1


class Formula:
    def __init__(self, kind):
        self.kind = kind

    def predict(self, rows):
        plan = rows["plan"].astype(str).map(plans).to_numpy(dtype=float)
        tenure, calls = rows["tenure"].to_numpy(), rows["calls"].to_numpy()
        margin = 0.5 - tenure / 20 + 0.3 * calls + plan + 0.02 * calls * tenure * plan - 0.2 * np.maximum(calls - 3, 0)
        return margin if self.kind == "log-odds" else 1 / (1 + np.exp(-margin))


def main():
    rng = np.random.default_rng(11)
    n = 300
    tenure = np.round(rng.gamma(2, 12, n), 1)
    calls = rng.poisson(1 + tenure / 20).astype(float)
    plan = rng.choice(list(plans), n, p=[0.5, 0.3, 0.17, 0.03])
    rows = pd.DataFrame({"tenure": tenure, "calls": calls, "plan": plan})
    cases = []
    for scale in ("log-odds", "probability"):
        model = Formula(scale)
        for feature, bins in (("tenure", 20), ("tenure", 7), ("calls", 10)):
            effect = aleplot_1D_continuous(rows.copy(), model, feature, grid_size=bins, include_CI=False)
            cases.append({
                "feature": feature, "scale": scale, "bins": bins,
                "at": effect.index.tolist(), "effect": effect["eff"].tolist(),
                # PyALE gives the least edge a size of 0.
                "customers": effect["size"].astype(int).tolist()[1:],
            })
        order = rows.assign(p=model.predict(rows)).groupby("plan")["p"].mean().sort_values().index.tolist()
        ordered = rows.copy()
        ordered["plan"] = pd.Categorical(ordered["plan"], categories=order, ordered=True)
        effect = aleplot_1D_categorical(
            ordered, model, "plan", lambda column: column, ["plan", "tenure", "calls"], include_CI=False
        )
        cases.append({
            "feature": "plan", "scale": scale, "bins": 20,
            "at": effect.index.astype(str).tolist(), "effect": effect["eff"].tolist(),
            "customers": effect["size"].astype(int).tolist(),
        })
    json.dump(
        {"program": "effects.py", "tenure": tenure.tolist(), "calls": calls.tolist(), "plan": plan.tolist(), "cases": cases},
        sys.stdout,
    )
    print()


main()
