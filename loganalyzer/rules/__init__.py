"""The rules of this package: one module each, in the order in which they are asked."""

MODULES: tuple[str, ...] = ()
