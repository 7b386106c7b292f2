"""scikit-learn: HistGradientBoosting and RandomForest. Threads by OMP_NUM_THREADS and by n_jobs."""

import time

import numpy as np
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier


class Peer:
    version = sklearn.__version__

    def __init__(self, _name, data):
        self.data = data
        self.model = None

    def train(self, rows, settings):
        model = HistGradientBoostingClassifier(
            max_iter=settings["trees"],
            learning_rate=settings["learningRate"],
            max_leaf_nodes=settings["leaves"],
            max_depth=settings["depth"],
            max_bins=settings["bins"],
            l2_regularization=settings["l2"],
            min_samples_leaf=settings["minRows"],
            categorical_features=self.data.categorical or None,
            early_stopping=False,
            random_state=1,
        )
        return self.fit(model, rows)

    def forest(self, rows, settings):
        model = RandomForestClassifier(
            settings["trees"],
            min_samples_leaf=settings["minRows"],
            max_features=settings["columnsPerSplit"],
            n_jobs=settings["threads"],
            random_state=1,
        )
        return self.fit(model, rows)

    def fit(self, model, rows):
        features, outcome = self.data.train(rows), self.data.train_outcome(rows)
        self.model = None
        start = time.perf_counter()
        self.model = model.fit(features, outcome)
        return {"seconds": time.perf_counter() - start, "binning": None}

    def predict(self, features):
        return np.ascontiguousarray(self.model.predict_proba(features)[:, 1])
