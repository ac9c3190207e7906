"""What must be true of every reader, and that adding one takes its module, one line, its title and a test."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import loganalyzer
from loganalyzer import messages, readers
from loganalyzer.discovery import patterns
from loganalyzer.messages.languages import LANGUAGES, SOURCE
from loganalyzer.model.run import Run, Series, Unread
from loganalyzer.readers import registry
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.common.file_names import NEVER_LOGS

PACKAGE = Path(readers.__file__).parent
TESTS = Path(__file__).parents[1] / "readers"


def imported(file: Path) -> Iterator[str]:
    """The dotted names of all that a Python file imports."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


TESTED = {name for file in TESTS.glob("test_*.py") for name in imported(file)}


def forgotten(name: str) -> list[str]:
    """What a reader of this package still lacks."""
    reader = registry._own_reader(name)
    suffixes = readers.MODULES[name].suffixes
    lacks = {
        **{f"its title in {lang} in messages/readers.toml": not messages.reader(reader.id, lang) for lang in LANGUAGES},
        "the same title in its module": messages.reader(reader.id, SOURCE) not in ("", reader.title),
        "a test in tests/readers": f"loganalyzer.readers.{name}" not in TESTED,
        "its endings in readers/__init__.py instead of in its module": bool(reader.suffixes),
        "endings as in '.csv'": any(not s.startswith(".") or s != s.lower() for s in suffixes),
    }
    return [what for what, missing in lacks.items() if missing]


@pytest.mark.parametrize("name", readers.MODULES)
def test_nothing_was_forgotten(name: str) -> None:
    assert forgotten(name) == []


def test_every_reader_is_registered_once() -> None:
    written = {
        file.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", ".")
        for file in PACKAGE.rglob("*.py")
        if "\nREADER = " in file.read_text(encoding="utf-8")
    }
    assert written == set(readers.MODULES)
    ids = [reader.id for reader in registry.load_readers()]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("name", readers.MODULES)
@pytest.mark.parametrize(
    "head", [b"", b"\x00", b"{", b"[", b"\x1f\x8b", b"\xff" * 300, b"a,b\n1,2\n", b"SQLite format 3\x00"]
)
def test_detecting_never_raises(name: str, head: bytes) -> None:
    reader = registry._own_reader(name)
    for path in ("x", "a/b.csv", "metrics/loss", "scalars/a.tsv", "learn_error.tsv", "run-1/files/output.log"):
        source = Source(path, len(head), head, lambda: head, frozenset({path}))
        assert isinstance(reader.detect(source), Match)
        assert isinstance(reader.key(source), str)


@pytest.mark.parametrize("suffix", [".HTML", "html", ".a/b"])
def test_an_ending_that_no_file_can_have_is_refused(suffix: str) -> None:
    with pytest.raises(ValueError, match="look like"):
        Reader("x", "X", lambda source: Match.NO, lambda source: "", lambda key, sources: iter(()), (suffix,))


MARK = b"<html><!-- losses: "


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    for source in sources:
        values = np.array([float(word) for word in source.read().removeprefix(MARK).split()[:-1]])
        yield Run(key, (source.path,), "page", {"loss": Series("loss", np.arange(len(values)), values)})


def page_reader(*suffixes: str) -> Reader:
    """A reader that is certain of its files by their content."""
    return Reader(
        "page",
        "Pages with losses",
        lambda source: Match.CERTAIN if source.head.startswith(MARK) else Match.NO,
        lambda source: source.path,
        read,
        suffixes,
    )


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A folder with a log in an HTML file, and one that is an ordinary page."""
    (tmp_path / "a").mkdir()
    numbers = " ".join(f"{1 / (i + 1):.4f}" for i in range(40))
    (tmp_path / "a" / "m.html").write_bytes(MARK + numbers.encode() + b" --></html>")
    (tmp_path / "a" / "other.html").write_text("<html></html>")
    return tmp_path


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Readers are looked up anew, now and afterwards."""
    cached = (
        registry.load_readers, registry.declared_suffixes, registry.find_reader, registry._plugins,
        registry._own_reader, patterns.unopened_suffixes,
    )  # fmt: skip
    for function in cached:
        function.cache_clear()
    yield
    monkeypatch.undo()
    for function in cached:
        function.cache_clear()


def test_a_reader_is_a_module_a_line_a_title_and_a_test(
    pages: Path, fresh: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ".html" in NEVER_LOGS
    module = ModuleType("loganalyzer.readers.page")
    module.READER = page_reader()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(readers.MODULES, "page", readers.Signs((".html",)))
    report = loganalyzer.analyze(pages)
    assert [(d.id, d.run.reader, d.run.points) for d in report.runs] == [("a/m.html", "page", 40)]
    assert [(u.file, u.note.code, u.expected) for u in report.unread] == [("a/other.html", "no-training-log", True)]
    assert forgotten("page") == [
        *(f"its title in {lang} in messages/readers.toml" for lang in LANGUAGES),
        "a test in tests/readers",
    ]


@pytest.mark.parametrize(("suffixes", "found"), [((".html",), ["a/m.html"]), ((), [])])
def test_a_plugin_is_asked_about_its_endings_whatever_they_are(
    pages: Path, fresh: None, monkeypatch: pytest.MonkeyPatch, suffixes: tuple[str, ...], found: list[str]
) -> None:
    point = Plugin(page_reader(*suffixes))
    offered = {registry.GROUP: [point]}
    for module in ("loganalyzer.model.plugins", "loganalyzer.readers.registry"):
        monkeypatch.setattr(f"{module}.plugin_points", lambda group: offered.get(group, []))
    report = loganalyzer.analyze(pages)
    assert [d.id for d in report.runs] == found
    named = loganalyzer.analyze(pages / "a" / "m.html")
    assert [d.run.reader for d in named.runs] == ["page"], "a file that is named is opened whatever its ending is"


class Plugin:
    """An entry point of another package."""

    name, value, dist = "page", "other.package:READER", None

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def load(self) -> Reader:
        return self.reader
