"""The readers of this package: one module each, in the order in which they are asked (the specific ones first)."""

MODULES: tuple[str, ...] = (
    "tensorboard",
    "not_logs",
    "wandb",
    "mlflow",
    "mlflow_db",
    "dvclive",
    "keras_history",
    "csv",
    "text_log",
)
