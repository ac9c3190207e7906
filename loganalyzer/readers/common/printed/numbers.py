"""Where a line is cut: the numbers of a text, without the digits that belong to a word or a name."""

from __future__ import annotations

import re

from loganalyzer.readers.common.printed.repeats import NUMBER_TEXT

_NUMBERED = "|".join(
    f"(?<={word} #)|(?<={word}#)"
    for word in (
        *("poch", "POCH", "tep", "TEP", "teration", "TERATION", "pisode", "PISODE", "atch", "ATCH", "pdate", "PDATE"),
        *(r"\biter", r"\bIter", r"\bITER", r"\bround", r"\bRound", r"\bROUND"),
    )
)
_LETTERS = r"(?:(?<=^\sE)|(?<=^\s\sE)|(?<=[\]|:-] E))(?=\d{1,6}+[\s/:|,\]])|(?<=\d S)(?=\d{1,9}+/\d)"
"""Letters that stand for an epoch and a step: "  E03 loss 0.5", "  E1/20 S10/50 | loss=0.5"."""
_ATTACHED = r"(?<=^[Ee]poch_)|(?<=^\[[Ee]poch_)|(?<=^[Ee]p)|(?<=^EP)|(?<=^\[[Ee]p)"
"""At the start of a line: elsewhere, "epoch_3" is a file."""
_BEGINS = (
    rf"(?<![A-Za-z0-9_@.^#])|(?<=#)(?:{_NUMBERED})"
    rf"|(?<=[_pP])(?:{_ATTACHED})(?=\d{{1,7}}+(?:[\s:,|/\]]|\.\s|$))"
    rf"|(?<=[hHES])(?:(?<=[Ee]poch)|(?<=EPOCH)|(?<=^E)|(?<=^\[E)|{_LETTERS})"
)
"""What stands before a number. One look at one character tells most places inside a word before the words are tried."""
_WINDOW = (
    r"(?:(?<! )|(?<![Tt]op )(?<!\(last )(?<!\(past )"
    r"(?!(?:(?<= last )|(?<= past )|(?<=over )|(?<=[( ]of )|(?<=\(avg )|(?<=mean )|(?<=verage )|(?<=\(ma )|(?<=\(MA )|(?<=indow ))"
    r"\d{1,6}+(?: [a-z]{1,12})?\)\s?[:=]))"
    r"(?!\d{1,6}+[ -]?(?:episodes?|games?|rollouts?|evals?)\)\s?[:=])(?!\d{1,3}+-(?:way|shot)\b)"
    r"(?!(?:(?<=last )|(?<=past )|(?<=Last )|(?<=Past )|(?<=evious ))\d{1,6}+[ -](?:[a-z]{1,12} )?"
    r"(?:episodes?|epis?|eps|games?|rollouts?|evals?|epochs?|steps|iterations?|iters|batches|updates?|trials|runs)\b)"
)
"""Digits that belong to a name: "top 5 acc", "Reward (last 10)", "Return (100 episodes): ", "Loss (avg over last 100): ",
"reward last 100 episodes: ", "last 100 steps loss 0.4", "5-way 1-shot"."""
NUMBER = re.compile(rf"(?=[-+.0-9nNiI])(?:{_BEGINS})(?<![A-Za-z0-9)\]%][-+]){_WINDOW}({NUMBER_TEXT})")
MOST_NUMBERS = 120
