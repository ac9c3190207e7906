"""The readers of this package, in the order in which they are asked (the specific ones first), and how their files are known.

A line for each: the module that ends in ``READER = Reader(...)``, and the signs of its files. They stand here so that a folder
is listed without loading a reader, and a file's format is detected loading only the readers that may know it.
"""

from typing import NamedTuple


class Signs(NamedTuple):
    """What a file shows to whoever does not know its format.

    ``suffixes`` are the endings that mark a file as this format (see ``Reader.suffixes``); they exclude no file. The reader
    is asked about files that begin with one of ``magic`` (at ``offset``), have one of ``names`` in their path, or are text
    that begins as ``text`` says: "{" an object (on the first line or a later one), "[" an array, "a" anything else.
    One without such signs is asked about every file. Signs only rule out: whether a file is the format, its reader says.
    """

    suffixes: tuple[str, ...] = ()
    text: str = ""
    names: tuple[str, ...] = ()
    magic: tuple[bytes, ...] = ()
    offset: int = 0


_ANY_TEXT = "{[a"
_PICKLES = (b"\x80", b"(d", b"}q", b"ccollections", b"cnumpy")
_ZIP, _NUMPY = b"PK", b"\x93NUMPY"

MODULES: dict[str, Signs] = {
    "tensorboard.reader": Signs(
        (".tfevents",), names=("tfevents",), magic=(bytes(4),), offset=4
    ),  # no record has 4 GiB
    "tensorboard.exports": Signs((".csv", ".json"), "[a"),
    "csv.catboost": Signs((".json", ".tsv"), "{", names=("_error.tsv", "time_left.tsv")),
    "trackers.companions": Signs(),
    "trackers.wandb": Signs((".wandb",), names=("output.log",), magic=(b":W&B",)),
    "trackers.swanlab": Signs((".swanlab",), magic=(b":SWL",)),
    "trackers.comet": Signs(names=("messages.json",), magic=(_ZIP,)),
    "trackers.clearml": Signs(names=("metrics.jsonl", "task.json", "log.jsonl"), magic=(_ZIP,)),
    "trackers.visualdl": Signs(names=("vdlrecords.",)),
    "trackers.polyaxon": Signs((".plx",), magic=(b"step|",)),
    "trackers.mlflow": Signs(names=("metrics/", "params/", "tags/")),
    "trackers.mlflow_run": Signs(magic=(b'{"mlflow_run"',)),
    "trackers.mlflow_db": Signs((".db",), magic=(b"SQLite format 3",)),
    "trackers.dvclive": Signs((".tsv",), names=("scalars/", "plots/", "dvclive")),
    "trackers.stable_baselines": Signs((".csv", ".npz"), names=("evaluations.npz",), magic=(b"#",)),
    "notebook.reader": Signs((".ipynb",), "{"),
    "json.epoch_documents": Signs((".json",), "{"),
    "json.tuner_trials": Signs((".json",), "{"),
    "json.documents": Signs((".json",), "{"),
    "json.keras_history": Signs((".json", ".npy", ".npz", ".pkl", ".pickle"), "{[", magic=(_NUMPY, _ZIP, *_PICKLES)),
    "json.lines": Signs((".json", ".jsonl"), "{["),
    "csv.fixed_columns": Signs((), "a"),
    "csv.wandb_export": Signs((".csv",), _ANY_TEXT),
    "csv.reader": Signs((".csv", ".tsv"), _ANY_TEXT),
    "csv.headerless": Signs((), _ANY_TEXT),
    "text.reader": Signs((".log", ".txt", ".out"), _ANY_TEXT),
}
