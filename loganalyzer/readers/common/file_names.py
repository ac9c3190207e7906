"""Everything that is known of file names: which endings hold no log, which mark text, which stems name nothing.

The one place for such lists; ``discovery/patterns.py`` decides with them what is opened. The endings of each log format
are declared with its reader (``readers/__init__.py``; ``Reader.suffixes`` for plugins).
"""

from __future__ import annotations

import re

from loganalyzer.model.late import late

_TRACKER_ARCHIVE = re.compile(r"(?:offline-[0-9a-f]{32}|[0-9A-Za-z]{32,50}(?:-[0-9A-Za-z]{1,10})?)\.zip")

# --- which files and folders are looked into --------------------------------------------------------------------------

NEVER_LOGS = frozenset(
    {
        ".pt", ".pth", ".ckpt", ".h5", ".hdf5", ".keras", ".safetensors", ".onnx", ".bin", ".pb", ".tflite", ".index",
        ".png", ".jpg", ".jpeg", ".gif", ".svg", ".pdf", ".mp4", ".webp", ".bmp", ".tif", ".tiff", ".py", ".pyc",
        ".ipynb", ".md", ".rst", ".sh", ".html", ".css", ".js", ".so", ".o",
        ".whl", ".parquet", ".arrow", ".feather", ".lock", ".c", ".cpp", ".h", ".cu", ".java", ".rs", ".go",
        ".xml", ".tex", ".bib", ".wav", ".mp3", ".ttf", ".exe", ".dll", ".doc", ".docx", ".xlsx", ".pptx", ".proto",
        ".pbtxt", ".gv", ".dot", ".toml", ".ini", ".cfg", ".ds_store",
    }
)  # fmt: skip
"""Endings of files that are not opened in a folder, unless a reader declares the ending or the file was named."""

COLUMN_TABLES = frozenset({".parquet", ".arrow", ".feather", ".xlsx"})
"""Of these, tables whose columns are looked at, so that a log in one is not passed over in silence."""

_LOG_IN_MARKDOWN = late(lambda: re.compile(r"(?:^|[\W_])(?:logs?|epochs?|nohup)(?:[\W\d_]|$)", re.IGNORECASE))
"""Words of a Markdown file's name that make it a log which somebody kept, not a text about the program."""

PACKED = frozenset({".zst", ".bz2", ".xz", ".lz4", ".lzma", ".lz", ".z", ".br", ".tbz", ".tbz2", ".txz", ".7z", ".rar"})
"""Compressed in a way that is not read; ``.gz`` is read as what is in it."""

ARCHIVES = frozenset({".zip", ".tar", ".tgz"})
"""Archives (and ".tar.gz") that are looked into, so that a log in one is not passed over in silence."""

SKIPPED_FOLDERS = frozenset(
    {
        ".git", ".hg", ".svn", "__pycache__", "node_modules", ".venv", "venv", ".ipynb_checkpoints", ".mypy_cache",
        ".pytest_cache", ".ruff_cache", ".tox", ".eggs", ".cache", ".hypothesis", "site-packages",
    }
)  # fmt: skip

OWN_CACHE = "loganalyzer-cache."
"""What the names of our own cache begin with."""

DATABASES = frozenset({".db", ".sqlite", ".sqlite3"})

SIDECAR_NAMES = frozenset(
    {
        "hparams.yaml", "hparams.yml", "hparams.json", "hyperparams.json", "hyperparameters.json", "hyperparams.yaml",
        "config.yaml", "config.yml", "config.json", "args.json", "args.yaml", "params.yaml", "params.json", "opt.yaml",
        "hyp.yaml", "training_args.json", "args.txt", "cmd.txt", "command.txt", "cmdline.txt",
    }
)  # fmt: skip
"""Settings files: the hyper-parameters of the run in whose folder they lie."""

# --- what the ending says about the content ---------------------------------------------------------------------------

TEXT_SUFFIXES = frozenset({".csv", ".tsv", ".json", ".jsonl", ".txt", ".log"})
"""Binary content under one of these is a failure, not a file that merely is no log."""

PRINTED_TEXT = frozenset({".log", ".txt", ".out", ".err", ".stdout", ".stderr"})
"""Endings of what programs print: a log even if its head says little of training."""

NOT_PRINTED_TEXT = frozenset(
    {
        ".json", ".jsonl", ".csv", ".tsv", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".py", ".sh", ".ipynb", ".xml",
        ".html", ".svg", ".diff", ".patch",
    }
)  # fmt: skip
"""Text of a syntax of its own, never read as lines that a program printed."""

TABLES = frozenset({".csv", ".tsv", ".txt", ".log", ""})
NOT_TABLES = frozenset({".json", ".jsonl", ".yaml", ".yml", ".toml"})

# --- what a run is called ---------------------------------------------------------------------------------------------

GENERIC_STEMS = frozenset(
    {
        "metrics", "log", "logs", "history", "results", "result", "progress", "trainer_state", "training", "train",
        "training_log", "train_log", "scores", "output", "out", "monitor", "loss", "losses", "stdout", "events", "scalars",
        "catboost_training", "evals_result", "data", "run", "measurements", "logfile", "nohup", "0.monitor",
    }
)  # fmt: skip
"""A file of such a name that holds the only run of its folder is called as the folder."""


def suffix(path: str) -> str:
    """The ending of a file's name with its dot, in lower case; "" if there is none (``.profile`` has none)."""
    stem, dot, end = path.rpartition("/")[2].rpartition(".")
    return (dot + end).lower() if stem and end else ""


def stem_of(path: str) -> str:
    """A file's name without its folder and its ending; ``PurePosixPath.stem`` at a fifth of the time."""
    name = path.rpartition("/")[2]
    stem, _, end = name.rpartition(".")
    return stem if stem and end else name


def is_tracker_archive(path: str) -> bool:
    """True for the names that Comet and ClearML give to runs that were logged offline."""
    return _TRACKER_ARCHIVE.fullmatch(path.rpartition("/")[2]) is not None


def is_log_in_markdown(path: str) -> bool:
    """True for Markdown whose name says that it is a log ("log_cifar100.md", "2-train_10_epochs.md")."""
    return suffix(path) == ".md" and _LOG_IN_MARKDOWN.search(path.rpartition("/")[2][:-3]) is not None


def is_event_file(path: str) -> bool:
    """True for the names that TensorBoard gives: its mark stands in the middle, and a host's name may end in ".go"."""
    return "tfevents" in path.rpartition("/")[2]
