"""Printed logs in the layouts of many programs: the curves that each must give, in ``cases/programs.toml``."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loganalyzer.model.run import Run
from loganalyzer.readers.base import Source
from loganalyzer.readers.text.reader import READER

CASES = tomllib.loads((Path(__file__).parent / "cases" / "programs.toml").read_text(encoding="utf-8"))["case"]


def only_run(text: str) -> Run:
    data = text.encode()
    source = Source("train.log", len(data), data[:65_536], lambda: data)
    (run,) = [item for item in READER.read("train.log", [source]) if isinstance(item, Run)]
    return run


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_curves(case: dict[str, Any], ending: str) -> None:
    run = only_run(case["text"].replace("\n", ending))
    for name, wanted in case["series"].items():
        assert name in run.series, f"{name} is not among {sorted(run.series)}"
        steps, values = wanted if isinstance(wanted[0], list) else (None, wanted)
        np.testing.assert_allclose(run.series[name].values, values, rtol=1e-9, err_msg=name)
        if steps is not None:
            assert run.series[name].steps.tolist() == steps, name
