"""Fingerprint of what results depend on in addition to the logs: this package's code, numeric libraries, plugins."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from loganalyzer.model.plugins import plugin_points
from loganalyzer.model.version import VERSION
from loganalyzer.reports.registry import GROUP as FORMATS

GROUPS = ("loganalyzer.readers.v1", "loganalyzer.rules.v1", FORMATS)


@lru_cache(maxsize=1)
def fingerprint() -> bytes:
    """Return 16 bytes that change with any of them; the code is hashed, since checkouts may share a version number."""
    digest = hashlib.blake2b(VERSION.encode(), digest_size=16)
    package = Path(__file__).parents[2]
    for file in sorted(p for p in package.rglob("*") if p.suffix in {".py", ".toml", ".json"}):
        digest.update(f"\0{file.relative_to(package).as_posix()}\0".encode())
        digest.update(file.read_bytes())
    for name in ("numpy", "scipy", "pandas"):
        try:
            digest.update(f"\0{name} {version(name)}".encode())
        except PackageNotFoundError:
            continue
    for group in GROUPS:
        for plugin in plugin_points(group):
            digest.update(
                f"\0{group} {plugin.name} {plugin.value} {plugin.dist.version if plugin.dist else ''}".encode()
            )
    return digest.digest()


def has_plugin_readers() -> bool:
    """Return True if a plugin provides readers."""
    return bool(plugin_points(GROUPS[0]))
