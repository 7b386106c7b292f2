"""Predictions of other libraries on the very rows and folds that holdfast gets.

Reads from standard input { sets: [{ name, columns: [{ name, kind, values }], outcome, folds: [{ train, test }] }] },
writes { versions, predictions: { set: { model: [probabilities per fold] } }, rocAuc: the same shape, one number }.
The figures are computed by holdfast from these probabilities; rocAuc is there to check its ruler.
"""

import json
import sys
import warnings

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


def models(frame):
    """Each with its defaults but where the name says otherwise; random_state 1 where there is one."""
    return {
        "sklearn-logistic": make_pipeline(one_hot(frame), LogisticRegression(C=1.0, max_iter=2000)),
        "sklearn-forest": make_pipeline(
            one_hot(frame), RandomForestClassifier(500, min_samples_leaf=10, random_state=1)
        ),
        "sklearn-hgb": HistGradientBoostingClassifier(random_state=1),
        "xgboost": xgboost.XGBClassifier(enable_categorical=True, random_state=1, n_jobs=2),
        "xgboost-shallow": xgboost.XGBClassifier(
            enable_categorical=True,
            n_estimators=300,
            learning_rate=0.05,
            max_depth=3,
            subsample=0.8,
            colsample_bytree=0.8,
            random_state=1,
            n_jobs=2,
        ),
        "lightgbm": lightgbm.LGBMClassifier(random_state=1, n_jobs=2, verbose=-1),
    }


def frame_of(columns):
    return pd.DataFrame(
        {
            column["name"]: pd.Series(
                column["values"], dtype="category" if column["kind"] == "text" else "float64"
            )
            for column in columns
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
    }
    json.dump({"versions": versions, "predictions": predictions, "rocAuc": auc}, sys.stdout)


main()
