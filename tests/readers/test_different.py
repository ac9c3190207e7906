"""The different values of an array are those that numpy finds."""

import numpy as np
import pytest

from loganalyzer.readers.common.different import different


@pytest.mark.parametrize(
    "values",
    [
        np.array([]),
        np.array([np.nan]),
        np.array([np.nan, 1.0, np.nan, 2.0, 1.0, np.inf, -np.inf, -0.0, 0.0]),
        np.array([3, 1, 2, 3, 1]),
        np.arange(1000),
        np.arange(1000)[::-1] // 7,
        np.zeros(5, np.int32),
        np.linspace(0, 1, 50) ** 2,
    ],
)
def test_the_different_values(values: np.ndarray) -> None:
    found, expected = different(values), np.unique(values)
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found, expected)
