"""What ``make release`` checks can fail: a wheel or a source distribution that lacks a file, or holds one too many."""

from __future__ import annotations

import importlib.util
import io
import tarfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
INFO = "analyze_logs-1.0.dist-info/METADATA"


@pytest.fixture
def release(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, in a repository of three files."""
    spec = importlib.util.spec_from_file_location("release_script", ROOT / "tools" / "release.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "tracked", lambda: {"loganalyzer/a.py", "loganalyzer/b.toml", "tests/c.py"})
    return module


def wheel(folder: Path, names: Iterable[str], size: int = 1) -> Path:
    target = folder / "analyze_logs-1.0-py3-none-any.whl"
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, b"x" * size)
    return target


def sdist(folder: Path, names: Iterable[str]) -> Path:
    target = folder / "analyze_logs-1.0.tar.gz"
    with tarfile.open(target, "w:gz") as archive:
        for name in names:
            archive.addfile(tarfile.TarInfo(f"analyze_logs-1.0/{name}"), io.BytesIO())
    return target


PACKAGE = ("loganalyzer/a.py", "loganalyzer/b.toml", INFO)


@pytest.mark.parametrize(
    ("names", "size", "said"),
    [
        (PACKAGE, 1, ""),
        (PACKAGE[1:], 1, "lacks 1 files: loganalyzer/a.py"),
        ((PACKAGE[0], INFO), 1, "lacks 1 files: loganalyzer/b.toml"),
        ((*PACKAGE, "tests/c.py"), 1, "beside the package, 1 files: tests/c.py"),
        ((*PACKAGE, "loganalyzer_other/x.py"), 1, "loganalyzer_other/x.py"),
        (PACKAGE, 2**20, "more than 2,097,152"),
    ],
)
def test_wheels(release: ModuleType, tmp_path: Path, names: tuple[str, ...], size: int, said: str) -> None:
    found = outcome(release.check_wheel, wheel(tmp_path, names, size))
    assert said in found and bool(found) == bool(said)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("loganalyzer/a.py", "loganalyzer/b.toml", "tests/c.py", "PKG-INFO"), ""),
        (("loganalyzer/a.py", "loganalyzer/b.toml"), "lacks 1 files: tests/c.py"),
        ((), "lacks 3 files"),
    ],
)
def test_source_distributions(release: ModuleType, tmp_path: Path, names: tuple[str, ...], said: str) -> None:
    found = outcome(release.check_sdist, sdist(tmp_path, names))
    assert said in found and bool(found) == bool(said)


def outcome(check: Callable[[Path], None], file: Path) -> str:
    """What the check ends with, "" if nothing is wrong."""
    try:
        check(file)
    except SystemExit as end:
        return str(end.code)
    return ""
