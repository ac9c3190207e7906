"""Frozen data used by all layers above: runs, roles, outcomes, reports. No I/O."""

__path__.append(f"{__path__[0]}/../__moved__/model")  # the first address of ``limit``
