"""Relapses: written returns that come and go without a rhythm, and others that only scatter, climb, or fall once."""

from __future__ import annotations

import numpy as np
import pytest

from loganalyzer.features.curve import Curve
from loganalyzer.features.relapses import relapses

X = np.linspace(0.0, 1.0, 180)
ENOUGH = 1.3


def white(seed: int, n: int = 180) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(n)


def lost(*at: float, share: float = 0.8, width: float = 0.025) -> np.ndarray:
    """1, but for bells at the places ``at`` where ``share`` of it is lost."""
    return 1.0 - share * sum(np.exp(-(((X - place) / width) ** 2)) for place in at)


def curve(returns: np.ndarray) -> Curve:
    return Curve("return", np.arange(len(returns)), returns, -1.0, 0.0, float(len(returns) - 1))


LEARNED = 1.0 - np.exp(-X / 0.1)
SWING = {
    "three times": LEARNED * lost(0.4, 0.6, 0.85) + 0.02 * white(1),
    "twice, nearly all of it": 40 * LEARNED * lost(0.45, 0.8, share=0.95) + 0.5 * white(2),
    "four times, half of it": -5 + 3 * LEARNED * lost(0.3, 0.5, 0.7, 0.9, share=0.6) + 0.04 * white(3),
    "on the way up": 1000 * X * lost(0.6, 0.72, 0.9) + 12 * white(4),
    "in uneven stretches": LEARNED * np.where((X * 7.3) % 1 < 0.3, 0.35, 1.0) + 0.02 * white(5),
    "last time at the very end": LEARNED * lost(0.5, 0.7, 0.99) + 0.02 * white(6),
}
CALM = {
    "settles": LEARNED + 0.1 * white(11),
    "settles, noise with a memory": LEARNED + np.convolve(white(12, 184), np.ones(5) / 5, "valid") * 0.15,
    "climbs": 70 * X + 4 * white(13),
    "one fall that heals": LEARNED * lost(0.7) + 0.02 * white(14),
    "falls early, and no more in the last third": LEARNED * lost(0.3, 0.42, 0.52) + 0.02 * white(15),
    "falls for good": LEARNED * np.where(X > 0.7, 0.1, 1.0) + 0.02 * white(16),
    "lone bad values": LEARNED - 0.8 * (np.arange(180) % 23 == 22) + 0.02 * white(17),
    "nothing but noise": 30 + 4 * white(18),
    "a running mean of nothing": np.convolve(white(19, 239), np.ones(60) / 60, "valid"),
    "scatters the more the more it gains": LEARNED * (1 + 0.12 * white(20)),
}


@pytest.mark.parametrize("name", SWING)
def test_what_was_gained_was_lost_again_and_again(name: str) -> None:
    seen = relapses(curve(SWING[name]))
    assert seen.lost > ENOUGH and seen.count >= 2


@pytest.mark.parametrize("name", CALM)
def test_noise_and_a_single_fall_are_no_relapses(name: str) -> None:
    assert relapses(curve(CALM[name])).lost < ENOUGH


@pytest.mark.parametrize("name", SWING | CALM)
def test_scale_and_offset_do_not_matter(name: str) -> None:
    returns = (SWING | CALM)[name]
    assert relapses(curve(-900 + 0.003 * returns)).lost == pytest.approx(relapses(curve(returns)).lost, rel=1e-6)
