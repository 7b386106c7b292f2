"""Single rows by the fastest paths of LightGBM and XGBoost, one process that stays.

First line: {"rows", "columns", "labels", "values"}, trains both and answers with their models and versions. Then each
line {"peer", "rows"}: times one prediction after the other and answers with microseconds of each and the predictions.
"""
import ctypes
import json
import sys
import time

import lightgbm
import numpy
import xgboost

given = json.loads(sys.stdin.readline())
values = numpy.array(given["values"], dtype=numpy.float64).reshape(given["rows"], given["columns"])
labels = numpy.array(given["labels"])
names = [f"c{column}" for column in range(given["columns"])]
light = lightgbm.train(
    {"objective": "binary", "num_leaves": 31, "learning_rate": 0.1, "num_threads": 1, "verbosity": -1},
    lightgbm.Dataset(values, labels, feature_name=names),
    100,
)
boost = xgboost.train(
    {"objective": "binary:logistic", "max_depth": 5, "eta": 0.1, "nthread": 1},
    xgboost.DMatrix(values, labels, feature_names=names),
    100,
)
models = {"lightgbm": light.model_to_string(), "xgboost": boost.save_raw("json").decode()}
versions = {"lightgbm": lightgbm.__version__, "xgboost": xgboost.__version__}
print(json.dumps({"models": models, "versions": versions}), flush=True)

# The C interface for one row after the other, without what Python's predict() does before it
library = lightgbm.basic._LIB
handle = light._handle if hasattr(light, "_handle") else light.handle
fast = ctypes.c_void_p()
parameters = ctypes.c_char_p(b"num_threads=1")
lightgbm.basic._safe_call(
    library.LGBM_BoosterPredictForMatSingleRowFastInit(
        handle, ctypes.c_int(0), ctypes.c_int(0), ctypes.c_int(-1), ctypes.c_int(1), ctypes.c_int32(given["columns"]),
        parameters, ctypes.byref(fast),
    )
)
out = numpy.zeros(1)
out_length = ctypes.c_int64()
out_pointer = out.ctypes.data_as(ctypes.POINTER(ctypes.c_double))


def by_lightgbm(row):
    library.LGBM_BoosterPredictForMatSingleRowFast(
        fast, row.ctypes.data_as(ctypes.c_void_p), ctypes.byref(out_length), out_pointer
    )
    return out[0]


def by_xgboost(row):
    return boost.inplace_predict(row, validate_features=False)[0]


for line in sys.stdin:
    asked = json.loads(line)
    predict = by_lightgbm if asked["peer"] == "lightgbm" else by_xgboost
    rows = numpy.array(asked["rows"], dtype=numpy.float64).reshape(-1, given["columns"])
    if asked["peer"] == "xgboost":
        rows = rows.astype(numpy.float32)
    each = [rows[index : index + 1] for index in range(len(rows))]
    predictions, times = [], []
    for row in each:
        begin = time.perf_counter_ns()
        prediction = predict(row)
        times.append((time.perf_counter_ns() - begin) / 1000)
        predictions.append(float(prediction))
    print(json.dumps({"microseconds": times, "predictions": predictions}), flush=True)
