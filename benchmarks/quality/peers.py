"""Predictions of other libraries on the very rows and folds that holdfast gets.

Reads from standard input { sets: [{ name, columns: [{ name, kind, values }], outcome, folds: [{ train, test }] }] },
writes { versions, predictions: { set: { model: [probabilities per fold] } }, rocAuc: the same shape, one number }.
The figures are computed by holdfast from these probabilities; rocAuc is there to check its ruler.
"""

import json
import os
import sys
import warnings

# One thread: two that spin on a busy machine wait for each other, ten times as long as one takes alone.
os.environ["OMP_NUM_THREADS"] = "1"

import catboost
import lightgbm
import pandas as pd
import sklearn
import xgboost
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler


def one_hot(frame):
    text = [name for name in frame if frame[name].dtype == "category"]
    number = [name for name in frame if name not in text]
    return make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), number),
        (OneHotEncoder(handle_unknown="ignore"), text),
    )


class CatBoost(catboost.CatBoostClassifier):
    """Its defaults; it takes categories as texts, and a missing one as a text of its own."""

    def fit(self, frame, outcome):
        return super().fit(self.as_texts(frame), outcome, cat_features=self.text_columns(frame))

    def predict_proba(self, frame):
        return super().predict_proba(self.as_texts(frame))

    def text_columns(self, frame):
        return [name for name in frame if frame[name].dtype == "category"]

    def as_texts(self, frame):
        return frame.assign(
            **{name: frame[name].astype(object).fillna("missing") for name in self.text_columns(frame)}
        )


# Of more rows 500 trees of scikit-learn take as long as all the others together.
most_forest_rows = 50_000


def models(frame):
    """Each with its defaults but where the name says otherwise; random_state 1 where there is one."""
    forest = make_pipeline(
        one_hot(frame), RandomForestClassifier(500, min_samples_leaf=10, random_state=1)
    )
    return {
        "sklearn-logistic": make_pipeline(one_hot(frame), LogisticRegression(C=1.0, max_iter=2000)),
        **({"sklearn-forest": forest} if len(frame) <= most_forest_rows else {}),
        "sklearn-hgb": HistGradientBoostingClassifier(random_state=1),
        "xgboost": xgboost.XGBClassifier(enable_categorical=True, random_state=1, n_jobs=1),
        "xgboost-shallow": xgboost.XGBClassifier(
            enable_categorical=True,
            n_estimators=300,
            learning_rate=0.05,
            max_depth=3,
            subsample=0.8,
            colsample_bytree=0.8,
            random_state=1,
            n_jobs=1,
        ),
        "lightgbm": lightgbm.LGBMClassifier(random_state=1, n_jobs=1, verbose=-1),
        "catboost": CatBoost(random_seed=1, thread_count=1, verbose=False, allow_writing_files=False),
    }


def frame_of(columns):
    # Columns go by number: LightGBM and XGBoost refuse names with brackets.
    return pd.DataFrame(
        {
            f"column{place}": pd.Series(
                column["values"], dtype="category" if column["kind"] == "text" else "float64"
            )
            for place, column in enumerate(columns)
        }
    )


def main():
    warnings.filterwarnings("ignore")
    predictions = {}
    auc = {}
    for data in json.load(sys.stdin)["sets"]:
        frame = frame_of(data["columns"])
        outcome = pd.Series(data["outcome"])
        predictions[data["name"]] = {name: [] for name in models(frame)}
        auc[data["name"]] = {name: [] for name in models(frame)}
        for fold in data["folds"]:
            train, test = frame.iloc[fold["train"]], frame.iloc[fold["test"]]
            for name, model in models(frame).items():
                model.fit(train, outcome.iloc[fold["train"]])
                probability = model.predict_proba(test)[:, 1].astype(float)
                predictions[data["name"]][name].append(probability.tolist())
                auc[data["name"]][name].append(roc_auc_score(outcome.iloc[fold["test"]], probability))
    versions = {
        "scikit-learn": sklearn.__version__,
        "xgboost": xgboost.__version__,
        "lightgbm": lightgbm.__version__,
        "catboost": catboost.__version__,
    }
    json.dump({"versions": versions, "predictions": predictions, "rocAuc": auc}, sys.stdout)


main()
