"""The folders that the server may read, and the paths in them that a client names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from loganalyzer.model.errors import UsageError
from loganalyzer.model.record import Record

LONGEST = 1000
"""Characters of a path that is repeated in an error."""


class Roots(Record):
    """Resolved folders by the names under which clients know them; at least one."""

    folders: dict[str, Path]

    @classmethod
    def of(cls, paths: Iterable[str]) -> Roots:
        """Resolve the folders given at the start. Raises UsageError for none, for what is no folder, and for equal names."""
        folders: dict[str, Path] = {}
        for path in paths:
            folder = Path(path).resolve()
            if not folder.is_dir():
                raise UsageError("mcp serves folders, and {path} is none", path=path)
            if folders.setdefault(folder.name, folder) != folder:
                text = "two folders are called {name}: give the folder above them instead"
                raise UsageError(text, name=folder.name)
        if not folders:
            raise UsageError(
                "mcp needs the folders that it may read, for example: analyze-logs mcp ./runs (a folder called mcp is ./mcp)"
            )
        return cls(folders)

    def resolve(self, path: str) -> tuple[Path, ...]:
        """Return what ``path`` names: "" is everything, "runs/a" is "a" in the folder called "runs".

        Of a single folder its own name may be left out. Raises UsageError for absolute paths, "..", links that lead out of
        the folders, and what does not exist; which of the two it is outside of the folders is not said.
        """
        parts = PurePosixPath(path).parts
        if (
            path.startswith(("/", "~"))
            or "\\" in path
            or "\0" in path
            or ".." in parts
            or ":" in path.partition("/")[0]
        ):
            text = (
                "{path} is no path below the folders that are served ({known}): give one relative to them, without .."
            )
            raise UsageError(text, path=path[:LONGEST], known=tuple(self.folders))
        if not parts:
            return tuple(self.folders.values())
        return (self._inside(parts, path),)

    def shown(self, path: Path) -> str:
        """Return the name of a resolved path as clients give it."""
        name, folder = next((n, f) for n, f in self.folders.items() if path.is_relative_to(f))
        return PurePosixPath(name, *path.relative_to(folder).parts).as_posix()

    def _inside(self, parts: tuple[str, ...], path: str) -> Path:
        for root, rest in self._candidates(parts):
            try:
                found = root.joinpath(*rest).resolve(strict=True)
            except (OSError, RuntimeError):  # RuntimeError: a loop of links, before Python 3.13
                continue
            if found.is_relative_to(root):
                return found
        text = "nothing called {path} is below the folders that are served ({known})"
        raise UsageError(text, path=path[:LONGEST], known=tuple(self.folders))

    def _candidates(self, parts: tuple[str, ...]) -> Iterable[tuple[Path, tuple[str, ...]]]:
        if parts[0] in self.folders:
            yield self.folders[parts[0]], parts[1:]
        if len(self.folders) == 1:
            yield next(iter(self.folders.values())), parts
