"""Advice on other people's problems: public help threads of known cause, and what the first three actions say about them.

    python -m benchmarks.help_threads --threads DIR [--write]

``DIR`` holds a folder for each thread: the log as the thread quotes it (retyped; not part of this repository), the settings
that it states, and ``truth.toml``: ``url``, ``cause``, ``cause_words``, ``harmful``, ``can_the_log_tell`` ("yes" or "hint") and
``cause_known`` ("thread", "sister-thread-or-docs", or "own-reading", which does not count for the strict figures).
``help_threads.toml`` says which fixes and causes a word stands for.

A thread's cause is met if one of the first three actions, or the likely cause that is named, stands for one of its words. Where
nothing is wrong, it is met by offering nothing. Harmful is an action that stands for one of its harmful words, unless
it stands for a word of the cure, too.
"""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loganalyzer import diagnose, load, messages
from loganalyzer.model.prescription import Prescription
from loganalyzer.model.report import Diagnosis

WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
PAGE = Path(__file__).with_suffix(".md")
NOTHING = "nothing-wrong"
RATE = {1: "raise-lr", -1: "lower-lr"}
"""The word that a changed learning rate stands for, by its direction."""
OWN = "own-reading"
BEFORE = (
    "At first sight of these threads, before any cause was named: 17 of 47 (36%), 15 of 42 and 10 of 23; harmful 13, 12 and 7. "
    "The findings that name causes were then written with these threads in view: the figures below are no forecast for others. "
    "For others stands a second set of 26 threads, found later and judged once: 14 of 26 (54%), 13 of 24 whose cause is stated in "
    "public, 7 of 10 of these where the log can tell; harmful 2, 2 and 1 (both: more training for a log of three points). "
    "A third set of 35 threads, judged once and in its authors' own words (a word that no action stands for counts as missed; "
    "three of the causes are faults of a graphics card or a framework): 12 of 35 (34%), 3 of 12 where the log can tell; harmful 2. "
    "Five of its logs were not read. "
    "A fourth set of 44 threads, judged once: 16 of 44 (36%), 6 of 22 whose cause is stated in public, 3 of 7 of these where the "
    "log can tell; harmful 4, 3 and 2 (raise the rate where none is known, train longer for a log that was perfect at once). Five "
    "of its logs were not read. With all four in view the actions are now ordered by how often each was the cause for a symptom, "
    "and one of three at most asks for more to be logged: 38 of 47, 15 of 26, 19 of 35 and 19 of 44, harmful 1, 0, 2 and 1. "
    "A fifth set of 33 threads, judged once: 12 of 33 (36%), 4 of 20 whose cause is stated in public, 3 of 7 of these where the "
    "log can tell; harmful 5, 3 and 1 (train longer, raise the rate or take a larger model where validation stays, leaps or "
    "training itself got worse again). Three of its logs were not read. With this set in view, too, excerpts that get worse are "
    "told of the rate first, and of all five now 38 of 47, 16 of 26, 20 of 35, 20 of 44 and 20 of 33 are met, "
    "harmful 0, 0, 0, 0 and 2. "
    "A sixth set of 34 threads, judged once: 15 of 34 (44%), 12 of 26 whose cause is stated in public, 7 of 13 of these where the "
    "log can tell; harmful 5, 2 and 1 (raise the rate of a warm-up or of a metric at zero, train longer where validation fell). "
    "Two of its logs were not read. "
    "A seventh set of 39 threads, judged once: 13 of 39 (33%), 8 of 29 whose cause is stated in public, 6 of 14 of these where the "
    "log can tell; harmful 5, 3 and 1 (train longer, lower the rate of half precision that overflows, raise it where all is called "
    "background, go back to weights of step 0). Seven of its logs were not read: one point, one epoch of a bar, names on a line of "
    "their own. With this set in view causes that numbers tell are named (saturated outputs, an accuracy that counts outputs or is "
    "always perfect, a loss of exactly 0, a class that is never found, trees whose logged loss rises): 21 of 39, 13 of 29 and 9 "
    "of 14 are met, harmful 2."
)
"""What was measured first."""


@dataclass(frozen=True)
class Answer:
    """What the product says about a thread: verdict, and ids of the actions and of the likely cause; and whether it helps."""

    name: str
    truth: dict[str, Any]
    verdict: str
    actions: tuple[str, ...]
    cause: str
    met: bool
    harmful: tuple[str, ...]


def answers(threads: Path) -> Iterator[Answer]:
    """Diagnose each thread below ``threads``, in order of name."""
    for folder in sorted(path.parent for path in threads.glob("*/truth.toml")):
        truth = _hyphenated(tomllib.loads((folder / "truth.toml").read_text(encoding="utf-8")))
        runs = [run for run in load(folder) if run.series]
        yield _judged(folder.name, truth, diagnose(runs[0]) if runs else None)


def _hyphenated(truth: dict[str, Any]) -> dict[str, Any]:
    """The words of a thread as ``WORDS`` writes them: "train longer" is "train-longer"."""
    return truth | {key: [word.replace(" ", "-") for word in truth[key]] for key in ("cause_words", "harmful")}


def _judged(name: str, truth: dict[str, Any], said: Diagnosis | None) -> Answer:
    if said is None:
        return Answer(name, truth, "not read", (), "", False, ())
    named = messages.likely_cause(said, "en")
    cause = f"{named.finding}:{named.variant}" if named is not None else ""
    met = any(_stands_for(action, truth["cause_words"], "cures") for action in said.actions)
    met |= any(cause in WORDS["cures"].get(word, ()) for word in truth["cause_words"])
    met |= NOTHING in truth["cause_words"] and not said.actions
    harmful = [
        action.fix
        for action in said.actions
        if _stands_for(action, truth["harmful"], "harms") and not _stands_for(action, truth["cause_words"], "cures")
    ]
    verdict = f"{said.verdict.value} {said.kind}".strip()
    return Answer(name, truth, verdict, tuple(a.fix for a in said.actions), cause, met, tuple(harmful))


def _stands_for(action: Prescription, words: Iterable[str], table: str) -> bool:
    """True if the action is what one of the words means."""
    known = WORDS[table]
    return any(action.fix in known[word] or RATE.get(_direction(action)) == word for word in words)


def _direction(action: Prescription) -> int:
    """1 for an action that raises the learning rate, -1 for one that lowers it, else 0."""
    for change in action.changes:
        if change.meaning == "learning_rate" and isinstance(change.old, int | float) and isinstance(change.new, float):
            return int(change.new > change.old) - int(change.new < change.old)
    return 0


def page(found: Sequence[Answer]) -> str:
    """The page: figures for all threads, for those whose cause others stated, and for those whose log can tell; then each."""
    strict = [a for a in found if a.truth["cause_known"] != OWN]
    telling = [a for a in strict if a.truth["can_the_log_tell"] == "yes"]
    rows = [("all", found), ("cause stated in public", strict), ("of these, the log can tell", telling)]
    lines = [
        "# Advice on other people's problems",
        "",
        (__doc__ or "").split("\n\n")[-1].strip().replace("\n", " "),
        "",
        BEFORE,
        "",
    ]
    lines += ["| threads | count | cause among three actions | harmful |", "|---|---|---|---|"]
    lines += [_row(name, group) for name, group in rows]
    lines += ["", "| thread | verdict | first action | likely cause | met | harmful |", "|---|---|---|---|---|---|"]
    lines += [_line(answer) for answer in found]
    return "\n".join(lines) + "\n"


def _row(name: str, group: Sequence[Answer]) -> str:
    met, harmful = sum(a.met for a in group), sum(bool(a.harmful) for a in group)
    return f"| {name} | {len(group)} | {met} ({met / max(1, len(group)):.0%}) | {harmful} |"


def _line(answer: Answer) -> str:
    url = answer.truth["url"]
    first, cause = (answer.actions or ("",))[0], answer.cause
    met = "yes" if answer.met else "no"
    return f"| [{answer.name}]({url}) | {answer.verdict} | {first} | {cause} | {met} | {', '.join(answer.harmful)} |"


def main() -> None:
    """Print the page, or write it beside this module."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--threads", type=Path, required=True, help="folder of the threads")
    parser.add_argument("--write", action="store_true", help="write benchmarks/help_threads.md instead of printing")
    options = parser.parse_args()
    text = page(list(answers(options.threads)))
    if options.write:
        PAGE.write_text(text, encoding="utf-8")
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
