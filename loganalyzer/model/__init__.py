"""Frozen data that every floor above speaks in: runs, names, outcomes, reports. No I/O."""

__path__.append(f"{__path__[0]}/../__moved__/model")  # the first address of ``limit``
