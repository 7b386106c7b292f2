"""Writes the model files of LightGBM and XGBoost beside it, and cases.json: what these libraries say of the same rows.

Run in an environment with lightgbm 4, xgboost 3.2 and pandas:  python test/golden/learn/imported/models.py
Margins are log odds, contributions are those of pred_contrib(s), both of the library that trained the model.
"""

import json
import os
import pathlib

os.environ["OMP_NUM_THREADS"] = "1"

import lightgbm as lgb
import numpy as np
import pandas as pd
import xgboost as xgb

here = pathlib.Path(__file__).parent
random = np.random.default_rng(11)
rows, asked = 500, 48
towns = [f"town {number}" for number in range(45)]


def customers(count):
    frame = pd.DataFrame(
        {
            "tenure": np.round(random.uniform(0, 70, count), 1),
            "calls": random.poisson(1.2, count).astype(float),
            "change": np.round(random.normal(0, 20, count), 2) * (random.random(count) < 0.6),
            "plan": random.choice(["basic", "family", "pro", "straße"], count),
            "town": random.choice(towns, count),
        }
    )
    frame.loc[random.random(count) < 0.15, "tenure"] = np.nan
    frame.loc[random.random(count) < 0.1, ["plan"]] = None
    return frame


def outcome_of(frame):
    town = frame.town.str[5:].astype(int)
    margin = 1.5 - frame.tenure.fillna(10) / 20 + frame.calls * 0.6 - (frame.change < 0) - (frame.change == 0) * 0.5
    margin += (frame.plan == "pro") * 1.2 + (town % 3 == 0) * 1.5 - 1.2
    return (random.random(len(frame)) < 1 / (1 + np.exp(-margin))).astype(int)


def categorical(frame):
    lists = {"plan": ["basic", "family", "pro", "straße"], "town": towns}
    return frame.assign(
        **{name: pd.Categorical(frame[name].where(frame[name].isin(texts)), texts) for name, texts in lists.items()}
    )


def coded(frame):
    """Categories as numbers, for libraries without pandas: codes 10, 20, … so that they are not 0, 1, 2, …"""
    full = categorical(frame)
    codes = {name: full[name].cat.codes.astype(float).replace({-1.0: np.nan}) for name in ["plan", "town"]}
    return frame.assign(plan=codes["plan"] * 10, town=codes["town"])


train = customers(rows)
outcome = outcome_of(train)
valid = customers(200)
valid_outcome = outcome_of(valid)
numbers = ["tenure", "calls", "change"]

# The rows asked about: ordinary ones, exact zeros, values far outside, missing everywhere, texts never seen.
test = customers(asked)
test.loc[0:5, "change"] = [0.0, 1e-36, -1e-36, 1e-30, -1e-30, -0.0]
test.loc[6:9, "tenure"] = [-1e30, 1e30, 0.0, 1e-45]
test.loc[10, numbers] = np.nan
test.loc[11, numbers + ["plan", "town"]] = [np.nan, np.nan, np.nan, None, None]
test.loc[12:13, "town"] = ["town 99", "never heard of"]
test.loc[14, "plan"] = "staff"

cases = []


def at_thresholds(frame, thresholds):
    """The same rows, the last of them moved onto thresholds and their neighbours in single and double precision."""
    frame = frame.copy()
    moved = []
    for feature, threshold in thresholds[:5]:
        single = np.float32(threshold)
        lower = np.float64(np.nextafter(single, np.float32(-np.inf)))
        middle = (lower + np.float64(single)) / 2
        for value in [threshold, np.nextafter(threshold, -np.inf), np.nextafter(threshold, np.inf), middle,
                      np.nextafter(middle, -np.inf), np.nextafter(middle, np.inf)]:
            moved.append((feature, float(value)))
    for place, (feature, value) in enumerate(moved):
        frame.loc[len(frame) - 1 - place, feature] = value
    return frame


def columns_of(frame, texts):
    def cell(value):
        return None if pd.isna(value) else value

    def text(value):
        return None if pd.isna(value) else value if isinstance(value, str) else str(int(value))

    return {
        str(name): [text(value) if name in texts else cell(value) for value in frame[name]] for name in frame.columns
    }


def keep(name, library, files, frame, texts, margin, probability, contributions, **more):
    cases.append(
        {
            "name": name,
            "library": library,
            "files": files,
            "columns": columns_of(frame, texts),
            "texts": texts,
            "margin": np.asarray(margin, float).tolist(),
            "probability": np.asarray(probability, float).tolist(),
            "base": float(contributions[0, -1]),
            "contributions": {
                str(feature): np.asarray(contributions[:, place], float).tolist()
                for place, feature in enumerate(frame.columns)
            },
            **more,
        }
    )


def lightgbm_thresholds(booster, names):
    table = booster.trees_to_dataframe()
    table = table[(table.decision_type == "<=")]
    return [(names[int(feature[1:])] if feature.startswith("#") else feature, float(threshold))
            for feature, threshold in zip(table.split_feature, table.threshold) if 1e-20 < abs(float(threshold)) < 1e30]


def light(name, parameters, frame, asked_frame, texts=(), as_json=True, rounds=6, train_more=None, scale=1.0, **more):
    """One LightGBM model. `scale` turns its raw score into log odds (sigmoid), and the sum of a forest into its mean."""
    settings = {"objective": "binary", "num_threads": 1, "verbose": -1, "num_leaves": 7, "min_data_in_leaf": 8,
                "min_data_per_group": 5, "cat_smooth": 2, "learning_rate": 0.3, "deterministic": True, **parameters}
    data = lgb.Dataset(frame, outcome, **more)
    if train_more is None:
        booster = lgb.train(settings, data, rounds)
    else:
        booster = train_more(settings, data)
    booster.save_model(here / f"{name}.txt")
    files = [f"{name}.txt"]
    if as_json:
        (here / f"{name}.json").write_text(json.dumps(booster.dump_model(), ensure_ascii=False) + "\n")
        files.append(f"{name}.json")
    if isinstance(asked_frame, pd.DataFrame):
        asked_frame = at_thresholds(asked_frame, [t for t in lightgbm_thresholds(booster, list(asked_frame.columns)) if t[0] in numbers])
        shown, given = asked_frame, categorical_again(asked_frame, frame)
    else:
        given = asked_frame
        shown = pd.DataFrame(asked_frame, columns=booster.feature_name())
    probability = booster.predict(given)
    contributions = booster.predict(given, pred_contrib=True) * scale
    margin = booster.predict(given, raw_score=True) * scale
    keep(name, "lightgbm", files, shown, list(texts), margin, probability, contributions,
         rounds=booster.num_trees())


def categorical_again(asked_frame, trained):
    frame = asked_frame.copy()
    for name in frame.columns:
        if isinstance(trained[name].dtype, pd.CategoricalDtype):
            frame[name] = pd.Categorical(frame[name], list(trained[name].cat.categories) + ["town 99", "never heard of", "staff"])
    return frame


light("lightgbm-numbers", {}, train[numbers], test[numbers])
light("lightgbm-no-missing", {"use_missing": False}, train[numbers], test[numbers], as_json=False)
light("lightgbm-zero-missing", {"zero_as_missing": True, "num_leaves": 15}, train[numbers], test[numbers])
light("lightgbm-categories", {"max_cat_to_onehot": 3, "num_leaves": 10}, categorical(train), test, ["plan", "town"])
light("lightgbm-codes", {"num_leaves": 10}, coded(train).to_numpy(), coded(test).to_numpy(), ["Column_3", "Column_4"],
      categorical_feature=[3, 4])
light("lightgbm-dart", {"boosting": "dart", "drop_rate": 0.5, "skip_drop": 0.0}, train[numbers], test[numbers], as_json=False)
light("lightgbm-forest", {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6}, train[numbers], test[numbers],
      scale=1 / 6)
light("lightgbm-sigmoid", {"sigmoid": 0.7}, train[numbers], test[numbers], scale=0.7)
light("lightgbm-cross-entropy", {"objective": "cross_entropy"}, train[numbers], test[numbers], as_json=False)
light("lightgbm-deep", {"num_leaves": 120, "min_data_in_leaf": 1, "min_sum_hessian_in_leaf": 0, "max_depth": -1},
      train[numbers], test[numbers], rounds=2, as_json=False)
light("lightgbm-no-split", {"min_data_in_leaf": 400}, train[numbers], test[numbers], rounds=2)
# Splits between missing and all numbers: LightGBM writes their threshold as inf.
often_missing = train[numbers].assign(change=train.change.where(outcome + random.random(rows) < 1.3))
light("lightgbm-only-missing", {"min_data_in_leaf": 3}, often_missing, test[numbers].assign(
    change=test.change.where(np.arange(asked) % 3 > 0)), rounds=2)


def early(settings, data):
    return lgb.train({**settings, "metric": "binary_logloss", "learning_rate": 0.8}, data, 60,
                     valid_sets=[data.create_valid(valid[numbers], valid_outcome)],
                     callbacks=[lgb.early_stopping(3, verbose=False)])


def continued(settings, data):
    complete = train[numbers].assign(tenure=train.tenure.fillna(0))
    first = lgb.train(settings, lgb.Dataset(complete, outcome), 3)
    return lgb.train(settings, data, 3, init_model=first)


light("lightgbm-early-stopping", {}, train[numbers], test[numbers], as_json=False, train_more=early)
light("lightgbm-continued", {}, train[numbers], test[numbers], as_json=False, train_more=continued)


def xg(name, parameters, frame, asked_frame, texts=(), rounds=6, codes=None, classifier=None, **more):
    """One XGBoost model. `codes`: columns whose numbers are categories, without their texts."""
    settings = {"objective": "binary:logistic", "nthread": 1, "max_depth": 3, "seed": 3, "eta": 0.4, **parameters}
    kinds = {"enable_categorical": True}
    if codes is not None:
        kinds["feature_types"] = ["c" if place in codes else "float" for place in range(frame.shape[1])]

    def matrix(data, label=None):
        return xgb.DMatrix(data, label, missing=np.nan, nthread=1, **kinds)

    if classifier is None:
        booster = xgb.train(settings, matrix(frame, outcome), rounds)
        limits = (0, 0)
    else:
        booster = classifier.get_booster()
        limits = (0, classifier.best_iteration + 1) if getattr(classifier, "early_stopping_rounds", None) else (0, 0)
    booster.save_model(here / f"{name}.json")
    names = [str(feature) for feature in frame.columns] if isinstance(frame, pd.DataFrame) else [
        f"f{place}" for place in range(frame.shape[1])]
    shown = asked_frame if isinstance(asked_frame, pd.DataFrame) else pd.DataFrame(asked_frame, columns=names)
    table = booster.trees_to_dataframe()
    table = table[(table.Feature != "Leaf") & table.Split.notna()]
    thresholds = [(feature, float(np.float32(split))) for feature, split in zip(table.Feature, table.Split)]
    shown = at_thresholds(shown, [t for t in thresholds if t[0] not in texts and t[0] in shown.columns])
    if isinstance(asked_frame, pd.DataFrame):
        given = shown.copy()
        for feature in texts:
            given[feature] = pd.Categorical(given[feature], frame[feature].cat.categories)
    else:
        given = shown.to_numpy()
    data = matrix(given)
    margin = booster.predict(data, output_margin=True, iteration_range=limits)
    probability = booster.predict(data, iteration_range=limits)
    if settings["objective"] == "binary:logitraw":
        probability = 1 / (1 + np.exp(-np.asarray(margin, float)))
    contributions = booster.predict(data, pred_contribs=True, iteration_range=limits)
    keep(name, "xgboost", [f"{name}.json"], shown, list(texts), margin, probability, contributions, **more)


# XGBoost refuses texts that it has not seen, so these rows get texts it knows.
known = test.assign(town=test.town.where(test.town.isin(towns)), plan=test.plan.where(test.plan != "staff"))

xg("xgboost-numbers", {}, train[numbers], test[numbers])
xg("xgboost-leaf-wise", {"grow_policy": "lossguide", "max_leaves": 9, "max_depth": 0}, train[numbers], test[numbers])
xg("xgboost-exact", {"tree_method": "exact", "gamma": 2.0, "max_depth": 6}, train[numbers], test[numbers])
xg("xgboost-deep", {"max_depth": 14, "min_child_weight": 0, "lambda": 0.1}, train[numbers], test[numbers], rounds=2)
# XGBoost 3.2 counts letters where it cuts bytes: the file has "straß". The test gives the texts.
xg("xgboost-categories", {"max_cat_to_onehot": 3}, categorical(train), known, ["plan", "town"],
   given={"plan": ["basic", "family", "pro", "straße"]})
ascii_train = categorical(train).assign(plan=categorical(train).plan.cat.rename_categories({"straße": "strasse"}))
ascii_known = known.assign(plan=known.plan.replace({"straße": "strasse"}))
xg("xgboost-one-hot", {"max_cat_to_onehot": 100}, ascii_train, ascii_known, ["plan", "town"])
xg("xgboost-codes", {"max_cat_to_onehot": 3}, coded(train).to_numpy(), coded(test).assign(
    town=coded(test).town.where(np.arange(asked) > 6, 77)).to_numpy(), ["f3", "f4"], codes=[3, 4])
xg("xgboost-dart", {"booster": "dart", "rate_drop": 0.5, "one_drop": 1}, train[numbers], test[numbers])
xg("xgboost-logit-raw", {"objective": "binary:logitraw", "base_score": 0.3}, train[numbers], test[numbers])
xg("xgboost-base-score", {"base_score": 0.2, "objective": "reg:logistic"}, train[numbers], test[numbers])
forest = xgb.XGBRFClassifier(n_estimators=5, max_depth=3, n_jobs=1, random_state=3).fit(train[numbers], outcome)
xg("xgboost-forest", {}, train[numbers], test[numbers], classifier=forest)
stopped = xgb.XGBClassifier(n_estimators=60, max_depth=3, n_jobs=1, learning_rate=0.9, early_stopping_rounds=4,
                            random_state=3).fit(train[numbers], outcome, eval_set=[(valid[numbers], valid_outcome)],
                                                verbose=False)
xg("xgboost-early-stopping", {}, train[numbers], test[numbers], classifier=stopped)

# Refused: what a churn model is not.
light_refused = {
    "lightgbm-multiclass": lgb.train({"objective": "multiclass", "num_class": 3, "num_threads": 1, "verbose": -1,
                                      "num_leaves": 3}, lgb.Dataset(train[numbers], np.arange(rows) % 3), 1),
    "lightgbm-regression": lgb.train({"objective": "regression", "num_threads": 1, "verbose": -1, "num_leaves": 3},
                                     lgb.Dataset(train[numbers], outcome), 1),
    "lightgbm-linear": lgb.train({"objective": "binary", "linear_tree": True, "num_threads": 1, "verbose": -1,
                                  "num_leaves": 3}, lgb.Dataset(train[numbers], outcome), 2),
}
for name, booster in light_refused.items():
    booster.save_model(here / f"{name}.txt")
(here / "lightgbm-linear.json").write_text(json.dumps(light_refused["lightgbm-linear"].dump_model()) + "\n")
data = xgb.DMatrix(train[numbers], np.arange(rows) % 3, nthread=1)
xgb.train({"objective": "multi:softprob", "num_class": 3, "nthread": 1, "max_depth": 1}, data, 1).save_model(
    here / "xgboost-multiclass.json")
data = xgb.DMatrix(train[numbers], outcome, nthread=1)
xgb.train({"objective": "binary:logistic", "booster": "gblinear", "nthread": 1}, data, 1).save_model(
    here / "xgboost-linear.json")
xgb.train({"objective": "reg:squarederror", "nthread": 1, "max_depth": 1}, data, 1).save_model(
    here / "xgboost-regression.json")

(here / "cases.json").write_text(
    json.dumps({"libraries": {"lightgbm": lgb.__version__, "xgboost": xgb.__version__}, "cases": cases}, ensure_ascii=False) + "\n"
)
