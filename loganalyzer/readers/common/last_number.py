"""Whether the number at the very end of a file is whole: a writer that was stopped leaves "0.1" of 0.1234, or "1" of 13."""

from __future__ import annotations

from collections.abc import Sequence

COMPARED = 8
"""So many numbers before the last tell how they are written: a format that leaves out zeros shows all its digits soon."""
FEWEST_OF_EXPONENT = 2
"""Digits that C and Python write at least ("1e-05"), where none before tells."""
LINES_ABOVE = 64
"""They are looked for in so many lines, for cells may be empty."""


def is_whole(number: str, before: Sequence[str]) -> bool:
    """Whether a number has as many digits as those ``before`` at its place, behind the point and in the exponent.

    A whole number may always go on. NaN and infinity are whole.
    """
    if number.strip("+-\"' ")[:1].isalpha():
        return True
    usual = [_digits(one) for one in before if one.strip()][-COMPARED:]
    point, exponent = _digits(number)
    most_point, most_exponent = (max(digits, default=0) for digits in zip(*usual, strict=True)) if usual else (1, 1)
    fewest = most_exponent or (FEWEST_OF_EXPONENT if exponent else 0)
    return point + exponent > 0 and point >= most_point and exponent >= fewest


def goes_on(number: str, before: Sequence[str]) -> bool:
    """Whether a counter goes on by as much as between the two numbers before, which a cut one does not."""
    try:
        first, second, last = (int(one) for one in (*before[-2:], number))
    except ValueError:
        return False
    return last - second == second - first >= 0


def is_cut(*rows: Sequence[str]) -> bool:
    """Whether the last of some rows of cells has fewer than the one before, or its last number may be cut."""
    *before, last = rows
    above = [row[-1] for row in before if len(row) == len(last)]
    return len(last) < len(before[-1]) or not (is_whole(last[-1], above) or goes_on(last[-1], above))


def _digits(number: str) -> tuple[int, int]:
    """How many digits stand behind the point (or comma), and in the exponent."""
    mantissa, _, exponent = number.strip("\"' ").lower().replace(",", ".").partition("e")
    return len(mantissa.partition(".")[2]), len(exponent.lstrip("+-"))
