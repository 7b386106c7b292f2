"""The data file: columns one after the other, then the outcome, all as 64-bit floats, NaN where missing."""

import json

import numpy as np


class Data:
    """One matrix with a row after the other, which every library reads without a copy; categories by number."""

    def __init__(self, values, outcome, test_rows, names, categorical):
        self.values = values
        self.names = names
        self.outcome = outcome
        self.test_rows = test_rows
        self.categorical = categorical

    @property
    def test(self):
        return self.values[: self.test_rows]

    def train(self, rows):
        return self.values[self.test_rows : self.test_rows + rows]

    def train_outcome(self, rows):
        return self.outcome[self.test_rows : self.test_rows + rows]


def load(file):
    with open(file + ".json", encoding="utf-8") as stream:
        header = json.load(stream)
    rows, columns = header["rows"], header["columns"]
    values = np.empty((rows, len(columns)))
    with open(file, "rb") as stream:
        for index in range(len(columns)):
            values[:, index] = np.fromfile(stream, "f8", rows)
        outcome = np.fromfile(stream, "f8", rows)
    categorical = [index for index, column in enumerate(columns) if column["categories"] is not None]
    names = [column["name"] for column in columns]
    return Data(values, outcome, header["testRows"], names, categorical)
