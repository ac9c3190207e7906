"""Files that were not used: counted by reason and suffix, with the first names of each kind."""

from __future__ import annotations

from loganalyzer.discovery.patterns import Kind
from loganalyzer.model.run import PassedOver
from loganalyzer.readers.common.file_names import suffix
from loganalyzer.roles.secrets import hidden_path

MOST_KINDS = 500
"""Above so many pairs of reason and ending, further endings of a reason are counted together, under "*"."""


class Counts:
    """Counts unused files by reason and suffix; ``most_names`` (None: all) names are kept of each kind."""

    def __init__(self, most_names: int | None) -> None:
        self._most_names = most_names
        self._counts: dict[Kind, int] = {}
        self._paths: dict[Kind, list[str]] = {}

    def add(self, kind: Kind, folder: str, name: str) -> None:
        """Count one file of ``folder`` ("" for the root), or a folder in it (its name ends with a slash)."""
        count = self._counts.get(kind, 0)
        if not count and len(self._counts) >= MOST_KINDS:
            kind = (kind[0], "*")
            count = self._counts.get(kind, 0)
        self._counts[kind] = count + 1
        if self._most_names is None or count < self._most_names:
            self._paths.setdefault(kind, []).append(f"{folder}/{name}" if folder else name)

    def add_path(self, code: str, path: str) -> None:
        """Count one file by its path."""
        folder, _, name = path.rpartition("/")
        self.add((code, suffix(name)), folder, name)

    def listed(self) -> tuple[PassedOver, ...]:
        """Return the counts by reason and suffix, with secrets removed from names."""
        return tuple(
            PassedOver(*kind, self._counts[kind], tuple(map(hidden_path, self._paths.get(kind, ()))))
            for kind in sorted(self._counts)
        )
