"""The telecom features in polars, lazily, as somebody writes them who knows it. One turn, in a process of its own."""

import json
import resource
import sys
import time

import polars as pl
from polars import col

turn = json.loads(sys.argv[1])
starts = turn["starts"]  # starts[k] = first day of the month that is k months before the cutoff; starts[0] = the cutoff
cutoff = starts[0]
measures = ["minutes", "dataMb", "messages"]


def month(back):
    return (col("day") >= starts[back]) & (col("day") < starts[back - 1])


def summed(value, where, name):
    return col(value).filter(where).sum().alias(name)


def added(prefix, count):
    return pl.sum_horizontal([col(f"{prefix}{back}") for back in range(1, count + 1)])


def whole(back, value):
    return pl.when(col("activatedAt") <= starts[back]).then(value)


def per(top, bottom):
    return pl.when(bottom.abs() >= 5e-10).then(top / bottom)


def slope(prefix):
    return whole(6, pl.sum_horizontal([col(f"{prefix}{back}") * ((3.5 - back) / 17.5) for back in range(1, 7)]))


def drop(prefix):
    before = (col(f"{prefix}2") + col(f"{prefix}3") + col(f"{prefix}4")) / 3
    return whole(4, 1 - per(col(f"{prefix}1"), before))


def variability(prefix):
    mean = added(prefix, 6) / 6
    squares = pl.sum_horizontal([(col(f"{prefix}{back}") - mean) ** 2 for back in range(1, 7)])
    return whole(6, per((squares / 5).sqrt(), mean))


def run(conditions):
    length = pl.lit(0)
    for back, condition in reversed(conditions):
        length = pl.when((col("activatedAt") <= starts[back]) & condition).then(1 + length).otherwise(0)
    return length


def usage_features(index, measure):
    prefix, quarter = f"u{index}_", f"usage_{measure}_sum_3m"
    shares = {"weekday|6|7": "weekend", "direction=out": "out", "hour!=[7,22)": "night"}
    return [
        col(f"{prefix}1").alias(f"usage_{measure}_sum_1m"),
        added(prefix, 3).alias(quarter),
        added(prefix, 6).alias(f"usage_{measure}_sum_6m"),
        slope(prefix).alias(f"usage_{measure}_slope_6m"),
        drop(prefix).alias(f"usage_{measure}_drop_3m"),
        variability(prefix).alias(f"usage_{measure}_variability_6m"),
    ] + [
        per(col(f"{short}_{index}"), added(prefix, 3)).alias(f"usage[{where}]_{measure}_sum_3m_per_{quarter}")
        for where, short in shares.items()
    ]


def features():
    quarter = col("day") >= starts[3]
    usage = pl.scan_parquet(turn["usage"]).filter(col("day") < cutoff).group_by("id").agg(
        [summed(m, month(back), f"u{i}_{back}") for i, m in enumerate(measures) for back in range(1, 8 if i == 0 else 7)]
        + [summed(m, quarter & ((col("day") + 3) % 7 >= 5), f"weekend_{i}") for i, m in enumerate(measures)]
        + [summed(m, quarter & (col("direction") == "out"), f"out_{i}") for i, m in enumerate(measures)]
        + [summed(m, quarter & ((col("hour") < 7) | (col("hour") >= 22)), f"night_{i}") for i, m in enumerate(measures)]
        + [month(back).sum().alias(f"rows_{back}") for back in range(1, 7)]
        + [
            col("day").filter(col("day") >= starts[1]).n_unique().alias("days_1"),
            col("day").filter(quarter).n_unique().alias("days_3"),
            col("day").max().alias("last_day"),
        ]
    )
    before = (col("day") >= starts[4]) & (col("day") < starts[1])
    bills = pl.scan_parquet(turn["bills"]).filter(col("day") < cutoff).group_by("id").agg(
        [summed("amount", month(back), f"b_{back}") for back in range(1, 8)]
        + [col("amount").filter(quarter).count().alias("n_3")]
        + [col("amount").filter(col("day") >= starts[6]).count().alias("n_6")]
        + [col("amount").filter(before).count().alias("n_before")]
        + [summed("overage", quarter, "overage_3"), summed("discount", quarter, "discount_3")]
    )
    customers = pl.scan_parquet(turn["customers"]).filter(
        (col("activatedAt") < cutoff) & (col("cancelledAt").is_null() | (col("cancelledAt") >= cutoff))
    )
    joined = customers.join(usage, on="id", how="left").join(bills, on="id", how="left")
    filled = joined.with_columns(pl.exclude("id", "activatedAt", "cancelledAt", "last_day").fill_null(0))
    # The cutoff is the first of a month: every month that began after the day of activation is complete.
    activated = col("activatedAt").cast(pl.Date)
    first = pl.lit(cutoff).cast(pl.Date)
    months = (first.dt.year().cast(pl.Int32) - activated.dt.year().cast(pl.Int32)) * 12
    tenure = months + first.dt.month().cast(pl.Int32) - activated.dt.month().cast(pl.Int32)
    tenure = tenure - (activated.dt.day() > 1).cast(pl.Int32)
    return filled.with_columns(tenure_months=tenure).select(
        ["id", first.alias("cutoff"), "tenure_months"]
        + [pl.sum_horizontal([(col("tenure_months") >= edge).cast(pl.Int32) for edge in (3, 6, 12, 24)]).alias("band(tenure_months,3,6,12,24)")]
        + [feature for i, m in enumerate(measures) for feature in usage_features(i, m)]
        + [
            col("days_1").alias("usage_activeDays_1m"),
            col("days_3").alias("usage_activeDays_3m"),
            (cutoff - col("last_day")).alias("usage_recency"),
            run([(back, col(f"rows_{back}") == 0) for back in range(1, 7)]).alias("usage_silent_streak_6m"),
            run([(back + 1, col(f"u0_{back}").round(9) < col(f"u0_{back + 1}").round(9)) for back in range(1, 7)]).alias("usage_minutes_falling_streak_6m"),
            col("b_1").alias("bills_amount_sum_1m"),
            added("b_", 3).alias("bills_amount_sum_3m"),
            per(added("b_", 6), col("n_6")).alias("bills_amount_mean_6m"),
            per(added("b_", 3), col("n_3")).alias("bills_amount_mean_3m"),
            slope("b_").alias("bills_amount_slope_6m"),
            drop("b_").alias("bills_amount_drop_3m"),
            variability("b_").alias("bills_amount_variability_6m"),
            run([(back + 1, col(f"b_{back}").round(9) > col(f"b_{back + 1}").round(9)) for back in range(1, 7)]).alias("bills_amount_rising_streak_6m"),
            per(col("b_1"), per(col("b_2") + col("b_3") + col("b_4"), col("n_before"))).alias("bills_amount_sum_1m_per_bills_amount_mean_3m_lag1m"),
            per(col("overage_3"), added("b_", 3)).alias("bills_overage_sum_3m_per_bills_amount_sum_3m"),
            per(col("discount_3"), added("b_", 3)).alias("bills_discount_sum_3m_per_bills_amount_sum_3m"),
            col("overage_3").alias("bills_overage_sum_3m"),
        ]
    )


begin = time.perf_counter()
features().sink_parquet(turn["output"])
seconds = time.perf_counter() - begin
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps({"seconds": seconds, "peakBytes": peak, "version": pl.__version__}))
