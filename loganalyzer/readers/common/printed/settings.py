"""Hyper-parameters that a text log prints before it trains: Namespace(...), dictionaries, argument tables."""

from __future__ import annotations

import re
from collections.abc import Iterable

from loganalyzer.model.run import Detail
from loganalyzer.roles.hyperparameter_values import flattened
from loganalyzer.roles.hyperparameters import is_printed, plain

_NAMESPACE = re.compile(r"(?:Namespace|Arguments|HParams|Config)\(")
_NAME = r"[^\W\d][\w.\-]{0,50}"
_PAIR = re.compile(
    rf"""(?:'([^'\n]{{1,60}})'|"([^"\n]{{1,60}})"|['"]?({_NAME})['"]?)\s{{0,20}}[=:]\s{{0,20}}"""
    r"""('[^'\n]{0,200}'|"[^"\n]{0,200}"|[-+\w.]{1,60})(?=\s{0,20}(?:[,)}\n]|$))"""
)
_ROW = re.compile(rf"^\s*(?:\[[^\]]{{0,60}}\]\s*)*({_NAME})\s+\.{{2,}}\s+(\S{{1,60}})\s*$")
_LONE = re.compile(r"^\s*(?:[-*]\s+|--)?['\"]?([^\W\d](?:[\w \-]|\.(?=\w)){0,40}?)['\"]?\s*[:=]\s*(\S{1,40})\s*,?$")
_SPOKEN = re.compile(
    r"(?<![\w.-])(lr|learning[ _-]rate|batch[ _-]size|weight[ _-]decay|wd|momentum|dropout|学習率|バッチサイズ|エポック数)"
    r"(?:\s{0,3}[=:]\s{0,3}|\s{1,3}(?:of\s{1,3}|is\s{1,3})?)(\d[\d.]{0,20}(?:e[-+]?\d{1,3})?)(?![\w.]*[\w])",
    re.IGNORECASE,
)
_SPOKEN_OF = re.compile("lr|learning|size|decay|wd|momentum|dropout|optimi|学習率|サイズ|エポック数")
"""Parts of the words without which a line speaks of no setting: most lines, told before any expression."""
_OPTIMIZER = re.compile(r"(?<![\w.-])(AdamW|Adam|SGD|RMSprop|Adagrad)(?![\w-])", re.IGNORECASE)
_NOT_SPOKEN = re.compile(r"loss|acc|epoch\W{0,3}\d|step\W{0,3}\d|iter|best|suggest|decay(?:ed|ing)|adjust|reduc|->")
"""In small letters: what tells of progress, or of a change."""
_QUOTED = re.compile(r"'([^'\n]{1,50})'")
_LOSS = re.compile(r"loss['\"]: ?['\"]?[-\d]")

LONGEST = 20_000
"""Of a line, as many characters are looked at."""
LONGEST_SPOKEN = 200
"""A longer line is no sentence about settings."""


def starts_block(line: str) -> bool:
    """Whether the line begins a block of settings, as a new training prints it."""
    if ("(" in line and _NAMESPACE.search(line, 0, 400)) or "- arguments -" in line:
        return True
    if not line.startswith(("{", "params", "parameters", "Params", "Parameters")) or _LOSS.search(line):
        return False
    return len({plain(name) for name in _QUOTED.findall(line) if is_printed(name)}) >= 2


def settings_of_block(line: str) -> dict[str, Detail]:
    """The settings in the first line of a block."""
    return _typed((single or double or bare, value) for single, double, bare, value in _PAIR.findall(line[:LONGEST]))


def settings_in_passing(line: str) -> dict[str, Detail]:
    """The settings that a line states which begins no block."""
    line = line[:LONGEST]
    if ".." in line and (row := _ROW.match(line)):
        return _typed([(row[1], row[2])])
    if (lone := _LONE.match(line)) and is_printed(lone[1]):
        return _typed([(lone[1].strip(), lone[2])])
    return _spoken(line)


def _typed(found: Iterable[tuple[str, str]]) -> dict[str, Detail]:
    return flattened({name: text.strip().strip("'\",") for name, text in found})


def _spoken(line: str) -> dict[str, Detail]:
    """The usual settings in a line of words ("Using Adam with lr=0.001 and batch size 32"), where it tells of no progress."""
    if len(line) > LONGEST_SPOKEN:
        return {}
    low = line.lower()
    if not _SPOKEN_OF.search(low) or _NOT_SPOKEN.search(low):
        return {}
    found = {"_".join(name.lower().split()): value.rstrip(".") for name, value in _SPOKEN.findall(line)}
    named = _OPTIMIZER.search(line) if found or "optimi" in low else None
    return flattened(found | ({"optimizer": named[1]} if named else {}))
