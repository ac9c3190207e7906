"""Configuration files that no person writes: too deep, too large, no numbers, no text. One sentence, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from loganalyzer.config import load as config
from loganalyzer.config.settings import Settings
from loganalyzer.messages import LANGUAGES
from loganalyzer.messages.errors import translate
from loganalyzer.model.errors import ConfigError
from loganalyzer.rules.registry import load_rules
from tests.cli.conftest import Call, analyze_logs

__all__ = ["analyze_logs"]  # a fixture


ABSURD = {
    "lists in lists": "a = " + "[" * 1000 + "]" * 1000,
    "tables in tables": "a = " + "{a = " * 1000 + "1" + "}" * 1000,
    "lists just too deep": "a = " + "[" * 40 + "]" * 40,
    "a dotted key of 100 kB": "a." * 50_000 + "a = 1",
    "a quoted dotted key": '"a" . ' * 1000 + "a = 1",
    "a header of 5,000 parts": "[" + "a." * 5000 + "a]",
    "10 MB of keys": "x = 1\n" * 1_700_000,
    "10 MB of comment": "#" * 10_000_000,
    "a key of 100 kB": "a" * 100_000 + " = 1",
    "a role's glob of 100 kB": '[roles]\n"' + "x" * 100_000 + '" = "loss"',
    "a value of 100 kB": 'lang = "' + "x" * 100_000 + '"',
    "an unknown rule of 100 kB": "[limits." + "x" * 100_000 + "]\nz = 1.0",
    "30,000 conditions": "fail-on = [" + '"bad",' * 30_000 + "]",
    "1e999": "[limits.overfitting]\nz = 1e999",
    "a limit of NaN": "[limits.overfitting]\nz = nan",
    "a bound of -inf": "[gate.metrics.acc]\nmin = -inf",
    "5,000 digits": "min-steps = " + "9" * 5000,
    "400 digits": "min-steps = " + "9" * 400,
    "a limit of 400 digits": "[limits.overfitting]\nz = " + "9" * 400,
    "a table that is a number": "mail = 3",
    "a list that is a table": "[gate.runs]\nruns = '*'",
    "a text that is a list": "preset = ['strict']",
    "an empty key": '"" = 1',
    "quotes without end": "a = '" + "\"'" * 100_000,
    "NUL": "a = 1\0",
}


def load(folder: Path, content: str | bytes) -> Settings:
    data = content.encode() if isinstance(content, str) else content
    (folder / "loganalyzer.toml").write_bytes(data)
    return config.load(directory=folder, environment={}, rules=load_rules())


@pytest.mark.parametrize("text", ABSURD.values(), ids=ABSURD)
def test_an_absurd_file_ends_in_one_sentence(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    for lang in LANGUAGES:
        told = translate(caught.value.message, lang)
        assert "loganalyzer.toml" in told and "\n" not in told


@pytest.mark.parametrize("content", ["strict = true".encode("utf-16"), b"a = '\xff'"], ids=["UTF-16", "Latin-1"])
def test_a_file_in_another_encoding_is_named(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ConfigError, match="no valid TOML"):
        load(tmp_path, content)


def test_another_tools_pyproject_is_left_alone_whatever_it_holds(tmp_path: Path) -> None:
    for content in (b"\xff\xfe", b"a." * 50_000 + b"a = 1", b"x = " + b"[" * 5000):
        (tmp_path / "pyproject.toml").write_bytes(content)
        assert config.load(directory=tmp_path, environment={}).source is None


@pytest.mark.parametrize("kind", ["lists in lists", "10 MB of keys", "1e999", "a limit of NaN", "a key of 100 kB"])
def test_the_command_ends_with_exit_code_2_and_one_line(analyze_logs: Call, tmp_path: Path, kind: str) -> None:
    (tmp_path / "loganalyzer.toml").write_text(ABSURD[kind])
    done = analyze_logs("--show-config")
    assert done.returncode == 2 and done.stdout == "" and len(done.stderr.splitlines()) == 1
