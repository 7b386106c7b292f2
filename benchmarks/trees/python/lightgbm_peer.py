"""LightGBM. `lightgbm-quantized` is the same with integer gradients, which are not its default."""

import ctypes
import time

import lightgbm
import numpy as np
from lightgbm.basic import _LIB


class Peer:
    version = lightgbm.__version__

    def __init__(self, name, data):
        self.data = data
        self.quantized = name == "lightgbm-quantized"
        self.booster = None

    def train(self, rows, settings):
        features, outcome = self.data.train(rows), self.data.train_outcome(rows)
        parameters = {
            "objective": "binary",
            "num_leaves": settings["leaves"],
            "max_depth": settings["depth"] or -1,
            "max_bin": settings["bins"],
            "learning_rate": settings["learningRate"],
            "lambda_l2": settings["l2"],
            "min_data_in_leaf": settings["minRows"],
            "min_sum_hessian_in_leaf": 0.001,
            "num_threads": settings["threads"],
            "use_quantized_grad": self.quantized,
            "verbose": -1,
        }
        self.booster = None
        start = time.perf_counter()
        binned = lightgbm.Dataset(
            features,
            outcome,
            params=parameters,
            feature_name=self.data.names,
            categorical_feature=self.data.categorical,
        ).construct()
        binning = time.perf_counter() - start
        self.booster = lightgbm.train(parameters, binned, settings["trees"])
        return {"seconds": time.perf_counter() - start, "binning": binning}

    def save(self, output):
        self.booster.save_model(output)
        return {"seconds": 0}

    def predict(self, features):
        return self.booster.predict(features)

    def scorer(self, threads):
        return lambda features: self.booster.predict(features, num_threads=threads)

    def explain(self, rows, threads):
        features = self.data.train(rows)
        start = time.perf_counter()
        values = self.booster.predict(features, pred_contrib=True, num_threads=threads)
        seconds = time.perf_counter() - start
        margin = self.booster.predict(features, raw_score=True)
        return {"seconds": seconds, "distance": float(np.abs(values.sum(axis=1) - margin).max())}

    def single(self, repeats):
        """Its fastest way for one row: the C interface with everything prepared."""
        count = min(1000, len(self.data.outcome) - self.data.test_rows)
        rows = [np.ascontiguousarray(row) for row in self.data.train(count)]
        pointers = [row.ctypes.data_as(ctypes.c_void_p) for row in rows]
        fast = ctypes.c_void_p()
        float64, normal = 1, 0
        check(
            _LIB.LGBM_BoosterPredictForMatSingleRowFastInit(
                self.booster._handle,
                ctypes.c_int(normal),
                ctypes.c_int(0),
                ctypes.c_int(-1),
                ctypes.c_int(float64),
                ctypes.c_int32(rows[0].size),
                b"num_threads=1",
                ctypes.byref(fast),
            )
        )
        result = ctypes.c_double()
        length = ctypes.c_int64()
        predict = _LIB.LGBM_BoosterPredictForMatSingleRowFast
        length_at, result_at = ctypes.byref(length), ctypes.byref(result)
        start = time.perf_counter()
        for repeat in range(repeats):
            predict(fast, pointers[repeat % count], length_at, result_at)
        seconds = (time.perf_counter() - start) / repeats
        check(_LIB.LGBM_FastConfigFree(fast))
        last = self.booster.predict(rows[(repeats - 1) % count][None])[0]
        if abs(last - result.value) > 1e-12:
            raise ValueError("the C interface answered another probability than predict")
        return seconds


def check(code):
    if code != 0:
        raise ValueError(_LIB.LGBM_GetLastError().decode())
