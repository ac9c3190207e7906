"""Select the files of a root whose format is to be detected, and the settings files of runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from loganalyzer.discovery.passed_over import Counts
from loganalyzer.discovery.patterns import Kind, kind_not_opened
from loganalyzer.discovery.tree import Tree
from loganalyzer.model.record import Record, field
from loganalyzer.model.run import Unread
from loganalyzer.readers.common.file_names import COLUMN_TABLES, SIDECAR_NAMES, suffix

GUILD_FLAGS, GUILD_FOLDER = "flags", ".guild/attrs"
"""Guild writes event files into ``.guild`` and the settings of the run (YAML) into ``.guild/attrs/flags``."""


class Candidate(Record):
    """A file whose format is to be detected; ``explicit`` if the user named it, ``siblings`` the files of its folder."""

    path: str
    siblings: frozenset[str]
    explicit: bool = False


class Candidates(Record):
    """Files of a root to be opened, paths of settings files by the folder of their runs, and logs that are not read."""

    files: list[Candidate] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    settings: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def find_candidates(tree: Tree, passed_over: Counts) -> Candidates:
    """List a root; count the files that are not to be opened in ``passed_over``."""
    found = Candidates()
    if tree.single:
        found.files.append(Candidate(tree.single, frozenset({tree.single}), explicit=True))
        found.settings[""].extend(tree.sidecars_of_file())
        return found
    with_files: set[str] = set()
    links: list[Candidate] = []
    for folder in tree.folders():
        siblings = frozenset(folder.files)
        if any(suffix(name) == ".swanlab" for name in folder.files):
            with_files.add(f"{folder.path}/files".lstrip("/"))
        for name, code in folder.passed_over:
            passed_over.add((code, "/" if name.endswith("/") else suffix(name)), folder.path, name)
        for name in folder.files:
            if name in SIDECAR_NAMES:
                found.settings[_run_folder(folder.path, with_files)].append(folder.path_of(name))
            elif name == GUILD_FLAGS and folder.path.endswith(GUILD_FOLDER):
                found.settings[folder.path.removesuffix("/attrs")].append(folder.path_of(name))
            elif kind := kind_not_opened(name):
                _pass_over(tree, found, kind, folder.path_of(name), passed_over)
            else:
                found.files.append(Candidate(folder.path_of(name), siblings))
        links.extend(Candidate(folder.path_of(name), siblings) for name in folder.links)
    _add_links(tree, found, links, with_files, passed_over)
    return found


def _add_links(
    tree: Tree, found: Candidates, links: Sequence[Candidate], with_files: set[str], passed_over: Counts
) -> None:
    """Add the links to files that are opened nowhere else; of several to one file, the first."""
    opened = {file.path for file in found.files} if links else set()
    for link in links:
        folder, _, name = link.path.rpartition("/")
        target = tree.target(link.path)
        if name in SIDECAR_NAMES:
            found.settings[_run_folder(folder, with_files)].append(link.path)
        elif target in opened:
            passed_over.add_path("link-inside", link.path)
        elif kind := kind_not_opened(name):
            _pass_over(tree, found, kind, link.path, passed_over)
        else:
            opened.add(target)
            found.files.append(link)


def _pass_over(tree: Tree, found: Candidates, kind: Kind, path: str, passed_over: Counts) -> None:
    """Count a file of a kind that is not opened; a table with the columns of a log is one that could not be read."""
    if kind[1] in COLUMN_TABLES:
        from loganalyzer.discovery.column_tables import table_of_curves

        note = table_of_curves(tree.base / path)
        if note is not None:
            found.unread.append(Unread(path, note))
            return
    folder, _, name = path.rpartition("/")
    passed_over.add(kind, folder, name)


def _run_folder(folder: str, with_files: set[str]) -> str:
    """Return the folder of the runs for a settings file in ``folder``: Hydra and SwanLab keep it in a subfolder."""
    below = "files" if folder in with_files else ".hydra"
    return folder.removesuffix(below).rstrip("/")
