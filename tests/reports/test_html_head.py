"""The head of a page: title, icon, and where the page comes from; links to the logs."""

from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from click.testing import CliRunner

from loganalyzer import analyze
from loganalyzer.cli.command import command
from loganalyzer.messages import LANGUAGES, Lang
from loganalyzer.model.report import Analysis
from loganalyzer.reports.html import head
from loganalyzer.reports.html.origin import Origin, folder_title
from loganalyzer.reports.summary import summary

ROWS = "epoch,loss,val_loss\n" + "".join(f"{e},{1 / (e + 1):.5f},{1.1 / (e + 1):.5f}\n" for e in range(40))
COMMIT = "0123456789" * 4


@pytest.mark.parametrize("lang", LANGUAGES)
def test_files_that_could_not_be_read_are_told_below_the_headline(lang: Lang, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(ROWS)
    whole = analyze(str(tmp_path)).to_html(lang)
    (tmp_path / "b.csv").write_text("")
    (tmp_path / "train.log").write_text("Traceback (most recent call last):\n  ...\nRuntimeError: CUDA out of memory\n")
    lost = analyze(str(tmp_path)).to_html(lang)
    link = re.search(r'</h1>\s*<p class="note harmful"><a href="#unread">([^<]+)</a>', lost)
    assert link and link[1].endswith("2") and 'href="#unread"' not in whole
    assert "RuntimeError: CUDA out of memory" in lost.partition('id="unread"')[2]


@pytest.mark.parametrize(
    ("roots", "title"),
    [
        (("my_runs",), "my_runs"),
        (("./a/my_runs/",), "my_runs"),
        (("night-1", "night-2"), "night-1, night-2"),
        (("s3://bucket/sweeps/tuesday",), "tuesday"),
        (("C:\\logs\\run1",), "run1"),
        ((), ""),
    ],
)
def test_the_folders_name(roots: tuple[str, ...], title: str) -> None:
    assert folder_title(roots, "en") == title


def test_the_folder_that_one_is_in_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here" / "below").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here" / "below")
    assert folder_title((".", ".."), "en") == "below, here"
    assert folder_title((".", ".."), "ja") == "below、here"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_tabs_are_told_apart_by_folder_and_icon(tmp_path: Path, lang: Lang) -> None:
    for name, text in (("good", ROWS), ("bad", ROWS + "40,nan,nan\n41,nan,nan\n42,nan,nan\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "log.csv").write_text(text)
    shown = {name: head.context(analyze(tmp_path / name), Origin(), lang) for name in ("good", "bad")}
    for name, found in shown.items():
        assert found["title"].startswith(name) and found["title"].endswith(summary(analyze(tmp_path / name), lang))
        assert found["icon"].startswith("data:image/svg+xml,") and "<svg" in unquote(found["icon"])
    assert shown["good"]["icon"] != shown["bad"]["icon"]


def test_without_an_origin_nothing_is_made_up() -> None:
    found = head.context(Analysis((), ()), Origin(), "en")
    assert [found[key] for key in ("folder", "time", "moment", "commit", "branch", "command")] == [""] * 6


@pytest.mark.parametrize(
    "name", ["log.csv", "a b/log.csv", "100%/log.csv", "a#b?c/log.csv", "javascript:x/log.csv", "日本/log.csv"]
)
def test_a_link_leads_to_the_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "runs" / name).parent.mkdir(parents=True)
    (tmp_path / "runs" / name).write_text(ROWS)
    beside = tmp_path / "out" / "report"
    link = Origin(folders=(tmp_path / "runs",), beside=beside).link(name)
    assert (beside / unquote(link)).resolve() == tmp_path / "runs" / name
    assert not {*link} & {"#", "?", ":", " "}, "one relative address"


def test_of_several_folders_the_one_that_has_the_file(tmp_path: Path) -> None:
    for folder, file in (("a", "x.csv"), ("b", "y.csv")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / file).write_text(ROWS)
    origin = Origin(folders=(tmp_path / "a", tmp_path / "b"), beside=tmp_path)
    assert [origin.link(f) for f in ("x.csv", "y.csv", "z.csv")] == ["a/x.csv", "b/y.csv", ""]
    assert Origin().link("x.csv") == ""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_command_line_says_when_how_and_at_which_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: Lang
) -> None:
    (tmp_path / "my runs").mkdir()
    (tmp_path / "my runs" / "log.csv").write_text(ROWS)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text(COMMIT)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    arguments = [str(tmp_path / "my runs"), "-q", "-o", str(tmp_path / "out"), "--lang", lang]
    done = CliRunner().invoke(command, arguments, obj=[*arguments, "token=hunter2hunter2"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "<title>my runs" in page and 'rel="icon"' in page
    assert '<time datetime="2023-11-14T22:13:20Z">2023-11-14 22:13 UTC</time>' in page
    assert f"<code>{COMMIT[:9]}</code>" in page
    command_line = html.unescape(re.search(r'<p class="command"><code>(.*?)</code>', page).group(1))  # type: ignore[union-attr]
    assert command_line.startswith("analyze-logs ") and "-o" in command_line
    assert "hunter2" not in page
    assert '<a href="../my%20runs/log.csv">' in page and '<a href="../my%20runs">' in page
