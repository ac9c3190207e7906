"""Values that are made when they are used."""

from __future__ import annotations

import re

from loganalyzer.model.late import Late, late


def test_a_late_value_is_made_once_and_only_when_it_is_used() -> None:
    made: list[int] = []

    def make() -> re.Pattern[str]:
        made.append(1)
        return re.compile("a+")

    pattern = late(make)
    assert isinstance(pattern, Late) and not made
    assert pattern.findall("caat a") == ["aa", "a"]
    assert pattern.pattern == "a+" and pattern.sub("b", "caat") == "cbt"
    assert made == [1]
