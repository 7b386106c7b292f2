"""Logistic regressions of scikit-learn (lbfgs): one JSON question a line, one JSON answer a line."""

import json
import sys
import time

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from sklearn.preprocessing import StandardScaler

folder, columns = sys.argv[1], int(sys.argv[2])
y = np.fromfile(f"{folder}/outcome", dtype=np.uint8)
x = np.ascontiguousarray(np.fromfile(f"{folder}/features", dtype=np.float64).reshape(columns, len(y)).T)


def scaled_fit(learner):
    before = time.process_time()
    z = StandardScaler().fit_transform(x)
    learner.fit(z, y)
    seconds = time.process_time() - before
    # The largest slope per row: how near its optimum it is.
    pulls = 1 / (1 + np.exp(-learner.decision_function(z))) - y
    strength = float(np.ravel(getattr(learner, "C_", learner.C if hasattr(learner, "C") else 1.0))[0])
    slopes = (z.T @ pulls + learner.coef_[0] / strength) / len(y)
    coefficients = learner.coef_[0].tolist()
    return {"seconds": seconds, "steepness": float(np.abs(slopes).max()), "coefficients": coefficients}


work = {
    "given": lambda: LogisticRegression(C=1.0, max_iter=10_000),
    "exact": lambda: LogisticRegression(C=1.0, max_iter=10_000, tol=1e-8),
    "chosen": lambda: LogisticRegressionCV(
        Cs=[10 ** (half / 2 - 4) for half in range(13)],
        cv=5,
        scoring="neg_log_loss",
        max_iter=10_000,
        l1_ratios=(0,),
        use_legacy_attributes=True,
    ),
}

print(json.dumps({"scikit-learn": sklearn.__version__, "numpy": np.__version__}), flush=True)
for question in sys.stdin:
    print(json.dumps(scaled_fit(work[json.loads(question)]())), flush=True)
