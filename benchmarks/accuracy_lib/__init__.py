"""The parts of ``benchmarks/accuracy.py``: what is judged, how it is scored, what it is compared with."""
