"""Noise as training logs have it: white, correlated, 1/f, with or without heavy tails; unit standard deviation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
COLOURS = ("white", "ar5", "ar9", "pink")


def draw(rng: np.random.Generator, n: int, colour: str = "white", heavy: bool = False) -> Floats:
    """float64[n] of the given colour; ``heavy`` takes Student's t with 4 degrees of freedom for the innovations."""
    raw = rng.standard_t(4, n) / np.sqrt(2.0) if heavy else rng.standard_normal(n)
    if colour == "white":
        return raw
    if colour in {"ar5", "ar9"}:
        return autoregressive(raw, {"ar5": 0.5, "ar9": 0.9}[colour])
    if colour == "pink":
        spectrum = np.fft.rfft(raw, 2 * n)
        spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
        spectrum[0] = 0.0
        shaped = np.fft.irfft(spectrum, 2 * n)
        return np.asarray(shaped[:n] / max(float(np.std(shaped)), 1e-12), dtype=np.float64)
    raise ValueError(colour)


def autoregressive(raw: Floats, rho: float) -> Floats:
    """x[i] = rho x[i-1] + sqrt(1-rho²) raw[i], started in its stationary state."""
    from scipy.signal import lfilter

    raw = raw * np.sqrt(1.0 - rho * rho)
    raw[0] /= np.sqrt(1.0 - rho * rho)
    return np.asarray(lfilter([1.0], [1.0, -rho], raw), dtype=np.float64)


def smoothed(values: Floats, weight: float) -> Floats:
    """TensorBoard's exponential moving average with its bias correction."""
    from scipy.signal import lfilter

    mean = lfilter([1.0 - weight], [1.0, -weight], values)
    return np.asarray(mean / (1.0 - weight ** np.arange(1, len(values) + 1)), dtype=np.float64)
