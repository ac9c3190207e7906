"""The readers of this package: one module each, in the order in which they are asked (the specific ones first)."""

MODULES: tuple[str, ...] = (
    "tensorboard",
    "catboost",
    "not_logs",
    "wandb",
    "mlflow",
    "mlflow_db",
    "dvclive",
    "sb3",
    "json_documents",
    "keras_history",
    "json_lines",
    "csv",
    "text_log",
)
