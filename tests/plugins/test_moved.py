"""A plugin written against the first addresses and names of the contracts is loaded and works."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import pytest

import loganalyzer
from loganalyzer.model.errors import Message
from loganalyzer.model.outcome import Status
from loganalyzer.readers.base import Match, Reader
from loganalyzer.rules.base import Rule
from tests.plugins.conftest import install, with_plugins
from tests.plugins.test_broken import TEXTS

READER = """
import numpy as np
from loganalyzer.errors import ReadError
from loganalyzer.model.run import Run, Series
from loganalyzer.reader import Reader, Smell, Source

def smell(source: Source) -> Smell:
    return Smell.SURE if source.head.startswith(b"FIRST") else Smell.NO

def key(source):
    return source.path

def read(key, sources):
    if len(sources) != 1:
        raise ReadError("no-numbers")
    values = np.array([float(v) for v in sources[0].read().split()[1:]])
    yield Run(key, (key,), "first", {"loss": Series("loss", np.arange(len(values)), values)}, step_unit="epoch")

READER = Reader("first", "First things", smell, key, read)
"""
RULE = """
from dataclasses import dataclass
from loganalyzer.model.limit import limit
from loganalyzer.model.outcome import Outcome, Severity, Status
from loganalyzer.rule import Rule

@dataclass(frozen=True)
class Limits:
    z: float = limit(3.0, "how far", 1.0, 10.0)

def check(view, limits):
    if not view.has("objective"):
        return Outcome(RULE.id, Status.CLEAR)
    return Outcome(RULE.id, Status.FOUND, Severity.INFO, 0.6, "", "", {"z": limits.z}, (), ("lr-half",))

RULE = Rule("mine", Limits(), check, needs=frozenset({"objective"}), may_use=frozenset({"metric"}), causes=("plateau",),
            beside=(), min_points=5)
"""


def test_a_first_plugin_works(site: Path, tmp_path: Path) -> None:
    (site / "first_reader.py").write_text(READER, encoding="utf-8")
    (site / "first_rule.py").write_text(RULE, encoding="utf-8")
    (site / "first_rule.toml").write_text(TEXTS, encoding="utf-8")
    points = "[loganalyzer.readers.v1]\nfirst = first_reader:READER\n[loganalyzer.rules.v1]\nmine = first_rule:RULE\n"
    install(site, "first", points)
    (tmp_path / "a.run").write_text("FIRST " + " ".join(str(1 / (i + 1)) for i in range(40)), encoding="utf-8")
    (tmp_path / "loganalyzer.toml").write_text("[limits.mine]\nz = 4.5\n", encoding="utf-8")
    done = with_plugins(site)(tmp_path, "--json", "-", "--no-html", "--lang", "ja", cwd=tmp_path)
    assert done.returncode == 0 and not done.stderr, done.stderr
    [run] = json.loads(done.stdout)["runs"]
    assert run["reader"] == "first"
    assert [f["message"] for f in run["findings"] if f["rule"] == "mine"] == ["4.50 を検出しました。"]


@pytest.mark.parametrize(
    ("module", "names"),
    {
        "api": "Options Report analyze diagnose load",
        "errors": "ConfigError LogAnalyzerError ReadError Told UsageError",
        "reader": "HEAD_BYTES Reader Smell Source",
        "rule": "Rule",
        "model.limit": "limit",
    }.items(),
)
def test_each_first_address_gives_what_it_gave(module: str, names: str) -> None:
    found = import_module(f"loganalyzer.{module}")
    assert all(hasattr(found, name) for name in names.split())
    for name in set(names.split()) & set(loganalyzer.__all__):
        assert getattr(found, name) is getattr(loganalyzer, name)


def test_the_first_names_are_todays_things() -> None:
    errors, reader, rule = (import_module(f"loganalyzer.{name}") for name in ("errors", "reader", "rule"))
    assert errors.Told is Message
    assert (reader.Smell.SURE, reader.Smell.MAYBE, reader.Smell.NO) == (Match.CERTAIN, Match.MAYBE, Match.NO)
    assert Status.CLEAR is Status.PASS
    made = rule.Rule("x", None, print, frozenset({"train"}), frozenset({"metric"}), causes=("a",), beside=("b",))
    assert isinstance(made, Rule)
    assert (made.requires, made.optional) == ({"train"}, {"metric"})
    assert (made.explained_by, made.hint_for) == (("a",), ("b",))
    assert isinstance(reader.Reader("x", "X", print, print, print), Reader)
