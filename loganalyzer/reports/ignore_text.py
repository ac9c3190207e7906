"""The ``[[ignore]]`` entries that cover failures: TOML to be copied, exact for the runs that are there now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.gate_result import Failure
from loganalyzer.reports.order import natural
from loganalyzer.reports.wrap import wrap

MOST_NAMES = 8
"""So many runs are listed by name; more are matched by globs where the others allow that."""
WIDTH = 68
_PLAIN = re.compile(r"[\w .,;=+%$#*?!/\[\]-]")
_ENDS = "/_-.,= "
"""Characters after which a name may be cut for a glob: lr0.1_* and not lr0*."""


def snippet(failures: Sequence[Failure], others: Sequence[str], lang: Lang) -> tuple[str, ...]:
    """Return one entry for each check of ``failures``; ``others`` are the ids of the runs that must not be matched."""
    lines: list[str] = []
    for check in dict.fromkeys(f.check for f in failures):
        own = [f for f in failures if f.check == check]
        names = list(dict.fromkeys(f.run for f in own))
        # the runs of a condition on several runs are a glob already
        globs = [*covering(names, others)] if own[0].diagnosis is not None else names
        reason = f"reason = {_toml(messages.ui('gate', 'ignore_reason', lang))}"
        lines += ["[[ignore]]", f"rule = {_toml(check)}", *_runs([_toml(glob) for glob in globs]), reason]
    return tuple(lines)


def covering(names: Sequence[str], others: Sequence[str]) -> Iterator[str]:
    """Yield globs for ``names`` that match none of ``others``: the names themselves, or of many what they begin with."""
    ordered = sorted(names, key=natural)
    if len(ordered) <= MOST_NAMES:
        yield from map(_escaped, ordered)
        return
    own, avoided = set(ordered), [name for name in others if name not in set(ordered)]
    done: set[str] = set()
    for name in ordered:
        if name in done:
            continue
        begin = next((b for b in _beginnings(name) if not any(o.startswith(b) for o in avoided)), "")
        alike = {each for each in own if begin and each.startswith(begin)}
        yield f"{_escaped(begin)}*" if len(alike) > 1 else _escaped(name)
        done |= alike | {name}


def _beginnings(name: str) -> list[str]:
    """What ``name`` begins with, the shortest first, cut where a part of it ends."""
    return [name[: i + 1] for i, c in enumerate(name[:-1]) if c in _ENDS]


def _runs(globs: Sequence[str]) -> list[str]:
    if len(globs) == 1:
        return [f"runs = {globs[0]}"]
    text = wrap(", ".join(globs), "    ", "    ", WIDTH) if all(" " not in glob for glob in globs) else globs
    if len(text) == 1:
        return [f"runs = [{text[0].strip()}]"]
    listed = text if text is not globs else [f"    {glob}," for glob in globs]
    return ["runs = [", *listed, "]"]


def _escaped(name: str) -> str:
    """Return a glob that matches ``name`` alone."""
    glob = "".join(f"[{c}]" if c in "*?[" else c for c in name)
    # TOML cannot contain lone surrogates of undecodable file names: "?" matches them
    return re.sub("[\ud800-\udfff]", "?", glob)


def _toml(text: str) -> str:
    """Return a TOML string; characters special to terminals, HTML or Markdown are escaped."""
    return '"' + "".join(c if _PLAIN.fullmatch(c) else f"\\U{ord(c):08x}" for c in text) + '"'
