"""The readers of this package: one module each, in the order in which they are asked (the specific ones first)."""

MODULES: tuple[str, ...] = (
    "tensorboard.reader",
    "csv.catboost",
    "trackers.companions",
    "trackers.wandb",
    "trackers.mlflow",
    "trackers.mlflow_db",
    "trackers.dvclive",
    "trackers.stable_baselines",
    "json.documents",
    "json.keras_history",
    "json.lines",
    "csv.reader",
    "text.reader",
)
