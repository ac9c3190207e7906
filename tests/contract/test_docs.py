"""Whatever the documentation names exists: files, modules, options, environment variables, targets of make."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from pkgutil import resolve_name

import pytest

from loganalyzer.cli.commands import WORDS, chosen
from loganalyzer.config.keys import by_variable
from loganalyzer.model.verdicts import Verdict

ROOT = Path(__file__).parents[2]
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
}
READMES = ("README.md", "README.ja.md")
FOLDERS = (
    ROOT,
    *(path for top in ("loganalyzer", "examples") for path in ROOT.glob(f"{top}/**/") if path.name[0] != "_"),
)

CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
WITH_FOLDER = re.compile(r"(?<![\w./:<-])(?:[\w{},*<>.-]+/)+[\w*<>.-]+\.(?:py|sh|toml|json|yml|md)\b")
FOLDER = re.compile(
    r"(?<![\w./:<-])(?:loganalyzer(?!/\d)|tests|docs|tools|examples|integrations|benchmarks)/[\w/.*<>-]*"
)
SUBFOLDER = re.compile(rf"(?<![\w./:<-])(?:{'|'.join(sorted({path.name for path in FOLDERS[1:]}))})/(?:\w+/)+")
MODULE_FILE = re.compile(r"[a-z_0-9]+\.py")
DOTTED = re.compile(r"\b(?:loganalyzer|benchmarks|tests)(?:\.\w+)+")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
VARIABLE = re.compile(r"\bLOGANALYZER_[A-Z_]+[A-Z]\b")
TARGET = re.compile(r"(?:`|^|=ja )make ([a-z]+)", re.MULTILINE)

# what a reader has, or gets, in a repository of their own
OF_USERS = dict.fromkeys(("docs/ci.md", "docs/ci.ja.md"), ("tools/loganalyzer", "report/"))
OTHER_OPTIONS = {  # of programs that the pages call
    "--edit-last", "--create-if-none", "--body-file",  # gh
    "--apply", "--lr", "--name", "--no-name", "--out", "--scenario", "--seed",  # training scripts
    "--seconds",  # tests.fuzz
    "--verdict-csv",  # examples/plugin
    "--repository", "--short",  # twine, git
}  # fmt: skip
OTHER_VARIABLES = {"LOGANALYZER_CONFIG", "LOGANALYZER_SMTP_PASSWORD"}


def alternatives(path: str) -> Iterator[str]:
    """The paths, as glob patterns, that ``{a,b}`` and ``<name>`` stand for."""
    parts = re.split(r"\{([^}]*)\}", re.sub(r"<\w+>", "*", path))
    yield from ("".join(choice) for choice in product(*(part.split(",") for part in parts)))


def exists(path: str) -> bool:
    """True if every alternative is in the repository: from its root, or from any folder of the package."""
    return all(any(any(folder.glob(one)) for folder in FOLDERS) for one in alternatives(path.rstrip("/")))


def paths(page: str) -> set[str]:
    """Paths with a folder anywhere on the page, and the names of modules that stand alone in code."""
    text = PAGES[page]
    found = {match[0] for pattern in (WITH_FOLDER, FOLDER, SUBFOLDER) for match in pattern.finditer(text)}
    found |= {code for code in CODE.findall(text) if MODULE_FILE.fullmatch(code)}
    return {path for path in found if not path.startswith(OF_USERS.get(page, ("\0",)))}


@pytest.mark.parametrize("page", PAGES)
def test_every_path_exists(page: str) -> None:
    assert sorted(path for path in paths(page) if not exists(path)) == []


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file(page: str) -> None:
    folder = (ROOT / page).parent
    assert [link for link in LINK.findall(PAGES[page]) if not (folder / link).exists()] == []


def is_importable(name: str) -> bool:
    """True for a module, or what a module holds."""
    try:
        resolve_name(name)
    except (ImportError, AttributeError):
        return False
    return True


@pytest.mark.parametrize("page", PAGES)
def test_every_module_can_be_imported(page: str) -> None:
    names = {n for n in DOTTED.findall(PAGES[page]) if not n.endswith((".toml", ".v1"))}
    assert sorted(name for name in names if not is_importable(name)) == []


@pytest.mark.parametrize("page", PAGES)
def test_every_option_exists(page: str) -> None:
    params = [parameter for word in ("", *WORDS) for parameter in chosen([word])[0].params]
    ours = {option for parameter in params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert sorted({*OPTION.findall(PAGES[page])} - ours - OTHER_OPTIONS - {"--help"}) == []


@pytest.mark.parametrize("page", PAGES)
def test_every_environment_variable_exists(page: str) -> None:
    assert sorted({*VARIABLE.findall(PAGES[page])} - {*by_variable()} - OTHER_VARIABLES) == []


@pytest.mark.parametrize("page", PAGES)
def test_every_target_of_make_exists(page: str) -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted({*TARGET.findall(PAGES[page])} - {*targets}) == []


@pytest.mark.parametrize("page", READMES)
def test_readme_has_every_verdict(page: str) -> None:
    assert [verdict for verdict in Verdict if f"| `{verdict}`" not in PAGES[page]] == []


def test_both_readmes_have_the_same_commands_and_links() -> None:
    """The same headings, tables and links; Japanese commands may ask for Japanese."""
    english, japanese = (PAGES[page] for page in READMES)
    for mark in ("\n## ", "\n| ", "\n```"):
        assert (mark, japanese.count(mark)) == (mark, english.count(mark))
    assert {*LINK.findall(japanese)} - {"README.md"} == {
        link.replace("-en.png", "-ja.png") for link in LINK.findall(english)
    } - {"README.ja.md"}
