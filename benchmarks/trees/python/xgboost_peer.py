"""XGBoost hist, grown leaf by leaf like the others; level by level where a depth is asked for."""

import time

import numpy as np
import xgboost


class Peer:
    version = xgboost.__version__

    def __init__(self, _name, data):
        self.data = data
        self.booster = None
        self.types = ["c" if index in data.categorical else "q" for index in range(data.values.shape[1])]

    def train(self, rows, settings):
        features, outcome = self.data.train(rows), self.data.train_outcome(rows)
        depth = settings["depth"]
        parameters = {
            "objective": "binary:logistic",
            "tree_method": "hist",
            "grow_policy": "lossguide" if depth is None else "depthwise",
            "max_leaves": settings["leaves"],
            "max_depth": depth or 0,
            "max_bin": settings["bins"],
            "learning_rate": settings["learningRate"],
            "reg_lambda": settings["l2"],
            "min_child_weight": 0.001,
            "nthread": settings["threads"],
        }
        self.booster = None
        start = time.perf_counter()
        binned = xgboost.QuantileDMatrix(
            features,
            outcome,
            max_bin=settings["bins"],
            nthread=settings["threads"],
            feature_types=self.types,
            enable_categorical=bool(self.data.categorical),
        )
        binning = time.perf_counter() - start
        self.booster = xgboost.train(parameters, binned, settings["trees"])
        return {"seconds": time.perf_counter() - start, "binning": binning}

    def predict(self, features):
        return self.booster.predict(self.matrix(features))

    def matrix(self, features):
        return xgboost.DMatrix(
            features, feature_types=self.types, enable_categorical=bool(self.data.categorical)
        )

    def scorer(self, threads):
        self.booster.set_param({"nthread": threads})
        return self.booster.inplace_predict

    def explain(self, rows, threads):
        self.booster.set_param({"nthread": threads})
        matrix = self.matrix(self.data.train(rows))
        start = time.perf_counter()
        values = self.booster.predict(matrix, pred_contribs=True)
        seconds = time.perf_counter() - start
        margin = self.booster.predict(matrix, output_margin=True)
        return {"seconds": seconds, "distance": float(np.abs(values.sum(axis=1) - margin).max())}

    def single(self, repeats):
        self.booster.set_param({"nthread": 1})
        count = min(1000, len(self.data.outcome) - self.data.test_rows)
        rows = [np.ascontiguousarray(row[None]) for row in self.data.train(count)]
        start = time.perf_counter()
        for repeat in range(repeats):
            self.booster.inplace_predict(rows[repeat % count])
        return (time.perf_counter() - start) / repeats
