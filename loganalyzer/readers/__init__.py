"""The readers of this package, in the order in which they are asked (the specific ones first), and the endings of their files.

A line for each: the module that ends in ``READER = Reader(...)``, and the endings that mark a file as its format (see
``Reader.suffixes``). They stand here so that a folder is listed without loading a single reader.
"""

MODULES: dict[str, tuple[str, ...]] = {
    "tensorboard.reader": (".tfevents",),
    "tensorboard.exports": (".csv", ".json"),
    "csv.catboost": (".json", ".tsv"),
    "trackers.companions": (),
    "trackers.wandb": (".wandb",),
    "trackers.swanlab": (".swanlab",),
    "trackers.comet": (),
    "trackers.clearml": (),
    "trackers.visualdl": (),
    "trackers.polyaxon": (".plx",),
    "trackers.mlflow": (),
    "trackers.mlflow_run": (),
    "trackers.mlflow_db": (".db",),
    "trackers.dvclive": (".tsv",),
    "trackers.stable_baselines": (".csv", ".npz"),
    "notebook.reader": (".ipynb",),
    "json.epoch_documents": (".json",),
    "json.tuner_trials": (".json",),
    "json.documents": (".json",),
    "json.keras_history": (".json", ".npy", ".npz", ".pkl", ".pickle"),
    "json.lines": (".json", ".jsonl"),
    "csv.fixed_columns": (),
    "csv.wandb_export": (".csv",),
    "csv.reader": (".csv", ".tsv"),
    "csv.headerless": (),
    "text.reader": (".log", ".txt", ".out"),
}
