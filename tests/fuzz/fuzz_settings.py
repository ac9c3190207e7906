"""Settings beside a log: YAML, JSON and command lines."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from loganalyzer.discovery.sidecars import from_file
from loganalyzer.model.run import Run, Unread, make_series
from loganalyzer.roles.secrets import without_secrets
from tests.fuzz.texts import WORDS as LOGS
from tests.readers.sources import source

NAMES = ("hparams.yaml", "config.json", "args.txt")
WORDS = (
    *LOGS, "- ", "---\n", "...\n", "&a ", "*a", "<<: ", "!!int ", "!!float ", "!!bool ", "!!timestamp ",
    "!!binary |\n", "!!set ", "!!omap ", "!!python/object:a.b ", "!!null", "? ", "|\n", ">-\n", "%YAML 1.1\n",
    "0o17", "1:30:00", "2024-01-01", "2024-13-45", "=", "~", ".inf", ".nan", "yes", "off", "--lr", "--batch-size=",
    " \\\n", "#", "\\u0041", "\x85", "value: ", "desc: ", "password: ", "0b", "+.inf", "1e-4",
)  # fmt: skip
POINT = make_series("loss", np.arange(2), np.ones(2))[0]


def seeds() -> list[bytes]:
    """Files as the tools write them, and what YAML has beyond that."""
    return [bytes((NAMES.index(name),)) + text.encode() for name, text in TEXTS]


def read(data: bytes) -> Iterator[Run | Unread]:
    """A run with the settings in the file that the first byte chooses."""
    name = NAMES[data[0] % len(NAMES)] if data else NAMES[0]
    settings = from_file(source(f"a/{name}", data[1:]))
    yield without_secrets(Run("a", ("a/log.csv",), "csv", {"loss": POINT}, settings))


TEXTS = (
    (
        "hparams.yaml",
        "lr: 0.001\nbatch_size: 64\noptimizer:\n  name: adam\n  betas: [0.9, 0.999]\namp: true\nseed: null\n",
    ),
    ("hparams.yaml", "task: detect\nlr0: 1e-2\nepochs: 100\nfreeze: .nan\nname: 'a: b'\nnote: |\n  two\n  lines\n"),
    ("hparams.yaml", "lr:\n  desc: null\n  value: 0.1\n_wandb:\n  value: {cli_version: 0.1, t: {1: [1, 2]}}\n"),
    ("hparams.yaml", "base: &b {lr: 0.1}\nrun:\n  <<: *b\n  when: 2024-01-01 10:00:00\n  long: 1:30:00\n"),
    ("hparams.yaml", "%YAML 1.1\n---\n? lr\n: !!float 1\nn: !!int 0x1f\nok: !!bool yes\nraw: !!binary aGk=\n"),
    ("hparams.yaml", "{lr: 0.1, layers: [1, 2, {a: b}], none: ~, at: !!timestamp 2024-01-01}\n"),
    ("config.json", '{"lr": 0.001, "model": {"layers": 4, "name": "a"}, "betas": [0.9], "amp": false, "seed": null}'),
    ("config.json", '{\n "learning_rate": "1e-4",\n "epochs": 1e1,\n "x": NaN\n}\n'),
    ("args.txt", "python train.py --lr 0.1 --batch-size=64 --amp --name 'a b' \\\n  --momentum -0.5\n"),
    ("args.txt", "Namespace(lr=0.1, batch_size=64, name='a')\n"),
    ("args.txt", "lr: 0.2\nepochs: 3\n"),
)
