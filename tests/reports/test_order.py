"""Names in the order in which a person counts."""

import pytest

from loganalyzer.reports.order import natural


@pytest.mark.parametrize(
    "names",
    [
        ["run1", "run2", "run10"],
        ["lr_0.001", "lr_0.01", "lr_0.25", "lr_0.5", "lr_1.0", "lr_10"],
        ["a", "a1", "a1b", "b"],
        ["seed-9/x", "seed-10/x", "seed-10/y"],
        ["1", "a"],
        ["", "0" * 40 + "x", "a"],
    ],
)
def test_numbers_in_names_count_as_numbers(names: list[str]) -> None:
    backwards = names[::-1]
    assert sorted(backwards, key=natural) == names
