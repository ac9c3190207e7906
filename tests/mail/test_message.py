"""The message: its structure, its size whatever the number of runs, and what no mail reader may be given."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

import loganalyzer
from loganalyzer.config.load import load
from loganalyzer.gate.history import trend
from loganalyzer.gate.judge import judge
from loganalyzer.gate.run_states import of_diagnosis
from loganalyzer.gate.what_changed import with_history
from loganalyzer.messages import LANGUAGES
from loganalyzer.model.errors import ConfigError
from loganalyzer.model.gate_result import GateResult
from loganalyzer.model.history import Entry
from loganalyzer.model.verdicts import Verdict
from loganalyzer.reports import mail
from loganalyzer.reports.mail import chart
from loganalyzer.reports.mail.message import address
from loganalyzer.reports.wrap import columns, wrap
from tests import sweep_logs
from tests.contract.test_hostile_names import HOSTILE

SAMPLES = Path(__file__).parents[2] / "sample_runs"
DATE = datetime.datetime(2026, 1, 2, 3, 4, tzinfo=datetime.UTC)
CHOSEN = ["diverging-nan", "overfitting-severe", "converged-plain", "plateau-stalled"]


@pytest.fixture(scope="module")
def report() -> loganalyzer.Report:
    return loganalyzer.analyze([SAMPLES / name for name in CHOSEN])


def judged(report: Any) -> GateResult:
    return judge(report, load(command_line={"fail-on": "diverging,overfitting"}, environment={}))


def built(report: Any, **options: Any) -> EmailMessage:
    chosen: dict[str, Any] = {"to": ["a@example.org"], "sender": "b@example.org", "date": DATE, **options}
    message = mail.build(report, judged(report), **chosen)
    parsed = message_from_bytes(message.as_bytes(), policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def night(report: loganalyzer.Report) -> loganalyzer.Report:
    """The second of two nights: in the first one all was well."""
    now = [of_diagnosis(d) for d in report.runs]
    before = Entry("2026-01-01T02:00:00Z", "abc", tuple(replace(s, verdict=Verdict.CONVERGED, kind="") for s in now))
    found = trend("h", [before], now, 0.02)
    return replace(report, trend=found, runs=with_history(report.runs, found))


def test_what_is_newly_bad_is_in_the_subject_and_stands_before_the_sweep(tmp_path: Path) -> None:
    broken = sweep_logs.write(tmp_path / "sweep", seeds=3) / "s30" / "metrics.csv"
    broken.write_text(re.sub(r"(?m)^(1\d|2\d),.*", r"\1,nan,nan", broken.read_text()))
    report = loganalyzer.analyze(tmp_path)
    for today, news in ((report, False), (night(report), True)):
        message = built(today, title="nightly")
        text, html = part(message, "plain"), part(message, "html")
        assert (text.index("    > Do this next: ") < text.index("* Best settings: ")) == news
        assert (html.index("Do this next") < html.index("Best settings")) == news
        assert ("new: " in message["Subject"]) == news and "…" not in message["Subject"]
        assert message["Subject"].endswith(" · nightly")
    assert "Look for what changed since 2026-01-01." in text


def many(report: loganalyzer.Report, count: int, *, alike: bool = False) -> loganalyzer.Report:
    runs = [report.runs[i % len(report.runs)] for i in range(count)]
    named = [
        replace(d, run=replace(d.run, id=f"sweep/{'x' * 60}/{i}"), kind=d.kind if alike else f"kind-{i}")
        for i, d in enumerate(runs)
    ]
    return replace(report, runs=tuple(named))


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    text = body.get_content()
    assert isinstance(text, str)
    return text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_structure_and_every_cid_resolves(report: loganalyzer.Report, lang: str) -> None:
    message = built(report, lang=lang, attachment=mail.Attachment("<html>full</html>", "reports/index.html"))
    assert [p.get_content_type() for p in message.walk()][:5] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html",
    ]  # fmt: skip
    html = part(message, "html")
    pictures = {p["Content-ID"].strip("<>"): p for p in message.walk() if p.get_content_type() == "image/png"}
    cids = re.findall(r'src="cid:([^"]+)"', html)
    assert len(cids) == 3 and set(cids) == set(pictures)
    for picture in pictures.values():
        data = picture.get_content()
        assert data.startswith(b"\x89PNG") and len(data) <= 20_000
        assert int.from_bytes(data[16:20], "big") == 600 and picture.get_content_disposition() == "inline"
    assert len(re.findall(r'<img[^>]* alt="[^"]{30,}"', html)) == 3
    attached = [p for p in message.walk() if p.get_content_disposition() == "attachment"]
    assert [p.get_filename() for p in attached] == ["report.html"]


def test_headers(report: loganalyzer.Report) -> None:
    message = built(report, title="nightly\r\nBcc: x@example.org")
    assert message["Subject"].startswith(
        "[analyze-logs] FAILED: 1 diverging, 1 overfitting, 1 on a plateau of 4 runs · "
    )
    assert message["Bcc"] is None and "\n" not in message["Subject"] and len(message["Subject"]) <= 120
    assert (
        message["Auto-Submitted"] == "auto-generated"
        and message["Message-ID"]
        and message["Date"]
        and message["References"]
    )


@pytest.mark.parametrize("count", [10, 100, 1000])
def test_size_does_not_grow_with_the_runs(report: loganalyzer.Report, count: int) -> None:
    message = built(many(report, count), lang="ja")
    html = message.get_body(("html",))
    assert html is not None
    # encoded as it travels: what Gmail counts
    assert len(html.as_bytes()) <= mail.message.HTML_LIMIT
    sick = sum(d.needs_attention for d in many(report, count).runs)
    assert f"ほか{sick - 20:,}件" in part(message, "html") or sick <= 20
    assert len([p for p in message.walk() if p.get_content_type() == "image/png"]) <= 6


@pytest.mark.parametrize("kind", ["html", "plain"])
def test_runs_alike_are_one_entry_with_one_action_and_healthy_ones_one_line(
    report: loganalyzer.Report, kind: str
) -> None:
    text = part(built(many(report, 400, alike=True)), kind)
    assert text.count("Do this next") == 3 and text.count("100 runs: ") == 5
    # three groups, two of which fail the gate
    assert text.count("100 converged: ") == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_that_mail_readers_strip_or_fetch(report: loganalyzer.Report, lang: str) -> None:
    html = part(built(report, lang=lang), "html")
    for banned in (
        "<script",
        "<svg",
        '"data:',
        "(data:",
        "<link",
        "var(",
        "http:",
        "https:",
        "<details",
        "flex",
        "grid",
        "rgb(",
        "@import",
    ):
        assert banned not in html.lower(), banned
    assert f'<html lang="{lang}"' in html and 'role="presentation"' in html and "prefers-color-scheme" in html
    style = re.findall(r"<style>(.*?)</style>", html, re.S)
    assert sum(map(len, style)) < 16_000
    assert not re.search(r"[\x80-\x9f]", html)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_text_part_is_complete_and_narrow(report: loganalyzer.Report, lang: str) -> None:
    text = part(built(report, lang=lang, attachment=mail.Attachment("x", "reports/index.html")), "plain")
    assert max(columns(line) for line in text.splitlines()) <= 78
    assert all(name in text for name in CHOSEN) and "report.html" in text and "\x1b" not in text


def test_hostile_names(report: loganalyzer.Report) -> None:
    named = [
        replace(report.runs[i % 4], run=replace(report.runs[i % 4].run, id=name), kind=f"kind-{i}")
        for i, name in enumerate(HOSTILE)
    ]
    message = built(replace(report, runs=tuple(named)), title=HOSTILE[0])
    html, text = part(message, "html"), part(message, "plain")
    assert "<script>alert" not in html and "<img src=x" not in html and "\x1b" not in html + text
    assert html.count("<img") == 6
    assert max(columns(line) for line in text.splitlines()) <= 78


def test_same_input_same_bytes(report: loganalyzer.Report) -> None:
    one, two = (
        mail.build(report, judged(report), to=["a@example.org"], sender="b@example.org", date=DATE) for _ in "12"
    )
    assert one.as_bytes() == two.as_bytes()


def test_attachments(report: loganalyzer.Report) -> None:
    page = "<html>" + "x" * 5000
    zipped = built(report, attachment=mail.Attachment(page, "r.html", "zip"))
    assert [p.get_filename() for p in zipped.walk() if p.get_content_disposition() == "attachment"] == ["report.zip"]
    none = built(report, attachment=mail.Attachment(page, "r.html", "none"))
    assert "r.html" in part(none, "plain") and not [
        p for p in none.walk() if p.get_content_disposition() == "attachment"
    ]
    large = built(report, attachment=mail.Attachment(page, "r.html", "html", 1000))
    assert "too large" in part(large, "plain") and "r.html" in part(large, "plain")


def test_without_a_run_and_all_well(report: loganalyzer.Report) -> None:
    assert "no training run found" in built(replace(report, runs=()))["Subject"]
    well = [d for d in report.runs if not d.needs_attention]
    assert well and "the run went well" in built(replace(report, runs=tuple(well[:1])))["Subject"]


@pytest.mark.parametrize(
    "text",
    ["a", "a@", "@b", "a@b, c@d", "a@b\r\nBcc: c@d", "x <a@b", "<a@b", "a b@c", "a@b c", "x <a@b> <c@d>", "a@b\x00"],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ConfigError):
        address(text)


def test_addresses() -> None:
    assert address('"Team, ML" <ml@example.org>').display_name == "Team, ML"
    assert address("学習 <ml@example.org>").addr_spec == "ml@example.org"


def test_a_chart_of_extremes_is_drawn_without_a_warning(report: loganalyzer.Report) -> None:
    import numpy as np

    diagnosis = next(d for d in report.runs if d.id.startswith("overfitting") or d.id)
    series = diagnosis.roles.train
    assert series is not None
    for values in ([1e308, -1e308, 1.0], [float("nan"), float("inf"), 1.0, 2.0], [0.0, 0.0, 0.0]):
        steps = np.arange(len(values))
        odd = replace(series, steps=steps, values=np.array(values), wall_times=None)
        named = replace(diagnosis.run, id="cost_$5_$6 名前 \x1b[2J")
        picture = chart.png(
            replace(diagnosis, run=named, roles=replace(diagnosis.roles, train=odd, validation=None)), "en"
        )
        assert picture is not None and len(picture) <= 20_000


def test_wrapping_japanese() -> None:
    lines = wrap("学習率を" * 30 + "。", first="* ", rest="  ")
    assert all(columns(line) <= 78 for line in lines) and len(lines) == 4
    assert not any(line.strip().startswith("。") for line in lines)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_hosted_report_is_linked(report: loganalyzer.Report, lang: str) -> None:
    url = "https://ci.example.org/runs/7?a=1&b=2"
    message = built(report, lang=lang, attachment=mail.Attachment("x", "r.html", "none", url=url))
    html = part(message, "html")
    assert 'href="https://ci.example.org/runs/7?a=1&amp;b=2"' in html and html.count("https:") == 2
    assert url in part(message, "plain").splitlines()
    assert "https:" not in part(built(report, lang=lang), "html")
