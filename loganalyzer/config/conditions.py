"""Parse ``fail-on`` and ``expect`` (verdicts, optionally with a kind after a colon, severities, and "new"), and globs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from loganalyzer.model.errors import ConfigError, did_you_mean
from loganalyzer.model.outcome import Severity
from loganalyzer.model.verdicts import Verdict, current, with_kind

SEVERITIES = (Severity.WARNING.value, Severity.ERROR.value)
NEVER = "never"
NEW = "new"
"""A verdict that is not healthy, of a run that was healthy (or not so bad) the last time, as the history says."""


CHECKS = ("min-steps", "metrics", "baseline", "expect", "require-runs", "running", "history")
"""What an ignore can name besides rules."""


def verdicts() -> tuple[str, ...]:
    """Every verdict, followed by its kinds: "overfitting", "overfitting:mild" and so on."""
    from loganalyzer.rules.registry import verdict_kinds  # loads every rule: only needed for a condition with a kind

    kinds = verdict_kinds()
    return tuple(word for v in Verdict for word in (v.value, *(with_kind(v, kind) for kind in kinds.get(v, ()))))


def parse_fail_on(value: str | Sequence[str], where: str = "fail-on") -> tuple[str, ...]:
    """Parse the conditions of ``fail-on``, a list or one comma-separated text; "never" alone means none.

    Raises ConfigError, prefixed with ``where``, for an unknown verdict, kind or severity.
    """
    words = _stripped(value.split(",") if isinstance(value, str) else value)
    _check(words, (*Verdict, *SEVERITIES, NEW, NEVER), where)
    return () if words == (NEVER,) else words


def parse_expect(value: str | Sequence[str], where: str = "expect") -> tuple[str, ...]:
    """Parse the verdicts of ``expect``, one or a list. Raises ConfigError as ``parse_fail_on`` does."""
    words = _stripped((value,) if isinstance(value, str) else value)
    _check(words, tuple(Verdict), where)
    return words


def parse_globs(value: str | Sequence[str], where: str = "runs") -> tuple[str, ...]:
    """Parse one glob over run ids or a list of them; a comma is part of a name. Raises ConfigError for an empty one."""
    globs = (value,) if isinstance(value, str) else tuple(value)
    if not globs or not all(globs):
        raise ConfigError("{where}: an empty text matches no run", where=where)
    return globs


def _stripped(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(current(word.strip()) for word in words))


def _check(words: Sequence[str], names: Sequence[str], where: str) -> None:
    for word in words:
        verdict = word.partition(":")[0]
        if word in names or (verdict in names and word in verdicts()):
            continue
        kinds = sorted(known for known in verdicts() if known.startswith(f"{verdict}:")) if ":" in word else []
        choices = kinds or [str(name) for name in names]
        raise ConfigError(
            "{where}: {word!r} is no verdict and no severity{hint} (known: {known})",
            where=where,
            word=word,
            hint=did_you_mean(word, choices),
            known=tuple(choices),
        )
