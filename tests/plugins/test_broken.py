"""A broken plugin is left out with a warning that says what is wrong; what is whole works as without it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.plugins.conftest import install, with_plugins

RULE = """
from dataclasses import dataclass, field
from loganalyzer.model.outcome import Evidence, Outcome, Severity, Status, Verdict, found, passed
from loganalyzer.rules.base import Abstention, Lead, Rule, Suppression
from loganalyzer.rules.limits import limit

@dataclass(frozen=True)
class Limits:
    z: float = limit(3.0, "how far", 1.0, 10.0)

def check(view, limits):
    {body}

RULE = Rule("{id}", {limits}, check, requires=frozenset({{"objective"}}){fields})
"""
BODY = "return found(Severity.WARNING, score=0.7, numbers={'z': 1.5})"
TEXTS = """
title = { en = "Mine", ja = "独自" }
[sentences.found]
en = "Found {z}."
ja = "{z} を検出しました。"
"""
FIX = """
[my-fix]
text = { en = "Do it.", ja = "実行しましょう。" }
why = { en = "It helps.", ja = "効果があります。" }
"""


@dataclass(frozen=True)
class Broken:
    """A rule that is wrong in one way, and what its warning must say."""

    says: str
    fields: str = ""
    limits: str = "Limits()"
    id: str = "mine"
    texts: str | None = TEXTS
    fixes: str = ""
    body: str = BODY
    module: str = ""


BROKEN = {
    "no messages": Broken("message file rule.toml is missing", texts=None),
    "messages are no TOML": Broken("message file rule.toml is no TOML", texts="title = ="),
    "it computes a fix of others": Broken(
        "it computes 'warm-up', which is no fix of its package", fields=", computes={'warm-up': check}"
    ),
    "what it computes is no function": Broken("computes is no mapping of functions", fields=", computes={'my-fix': 3}"),
    "a variant in one language": Broken(
        "the text variants.known of the fix 'my-fix' is missing in ja",
        fields=", fixes=('my-fix',)",
        fixes=FIX + 'variants.known = { en = "Do {n}." }\n',
    ),
    "no title": Broken("the text title is missing", texts=TEXTS.replace("title", "titel")),
    "title in one language": Broken("the text title is missing in ja", texts=TEXTS.replace(', ja = "独自"', "")),
    "no sentence for a variant": Broken("the text sentences.much is missing", ', variants=("found", "much")'),
    "sentence in one language": Broken("sentences.found is missing in ja", texts=TEXTS[: TEXTS.index('ja = "{z}')]),
    "other placeholders": Broken("other placeholders", texts=TEXTS.replace("{z} を", "{y} を")),
    "label in one language": Broken("the text labels.x is missing in ja", texts=TEXTS + '[labels]\nx = { en = "X" }\n'),
    "unknown fix": Broken("unknown fix 'no-such-fix'", ', fixes=("no-such-fix",)'),
    "unknown fix of a lead": Broken("unknown fix 'nope'", ', leads=(Lead("nope", ("plateau",)),)'),
    "fix without a reason": Broken("why of the fix 'my-fix' is missing", fixes=FIX[: FIX.index("why")]),
    "fix of ours": Broken("fix id 'lr-half' is taken", fixes=FIX.replace("my-fix", "lr-half")),
    "fix at no address": Broken("no https address", fixes=FIX + 'url = "javascript:alert(1)"\n'),
    "fixes are no TOML": Broken("fixes.toml is no TOML", fixes="[my-fix\n"),
    "unknown verdict": Broken("unknown verdict 'memorising'", ', verdict="memorising"'),
    "unknown kind": Broken("unknown kind 'wobbly'", ', verdict=Verdict.PLATEAU, kinds=("wobbly",)'),
    "kind in one language": Broken(
        "kind.wobbly is missing in ja", ', kinds=("wobbly",)', texts=TEXTS + '[kind]\nwobbly = { en = "wobbly" }\n'
    ),
    "abstains from a verdict": Broken("abstains needs", ", verdict=Verdict.PLATEAU, abstains=Abstention.NO_DATA"),
    "unknown signal": Broken("unknown signal 'lost'", ', optional=frozenset({"lost"})'),
    "unknown topic": Broken("unknown topic 'weather'", ', points_at=("weather",)'),
    "signals are text": Broken("optional is no set of signals", ', optional="metric"'),
    "relations are text": Broken("explained_by is no tuple of text", ', explained_by="plateau"'),
    "suppressed by text": Broken("suppressed_by is no tuple of Suppression", ', suppressed_by=("plateau",)'),
    "limits are a dict": Broken("limits is no instance of a dataclass", limits='{"z": 3.0}'),
    "limits are a class": Broken("limits is no instance of a dataclass", limits="Limits"),
    "limit is text": Broken("the limit z is no number", limits='Limits("high")'),
    "limit out of range": Broken("the limit z = 99.0 is outside 1.0 to 10.0", limits="Limits(99.0)"),
    "taken id": Broken("the id 'plateau' is taken", id="plateau"),
    "id with a space": Broken("the id 'my rule' is no word", id="my rule"),
    "no rule": Broken("it is no Rule but dict", module="RULE = {}"),
    "does not import": Broken("ModuleNotFoundError", module="import no_such_module"),
    "is not there": Broken("AttributeError", module="x = 1"),
}


def add_rule(site: Path, name: str, broken: Broken) -> str:
    """Write the rule as a package of its own and give its entry point."""
    package = site / name
    package.mkdir()
    (package / "__init__.py").touch()
    source = RULE.format(id=broken.id, limits=broken.limits, fields=broken.fields, body=broken.body)
    (package / "rule.py").write_text(broken.module or source, encoding="utf-8")
    if broken.texts is not None:
        (package / "rule.toml").write_text(broken.texts, encoding="utf-8")
    if broken.fixes:
        (package / "fixes.toml").write_text(broken.fixes, encoding="utf-8")
    return f"{name} = {name}.rule:RULE\n"


def test_each_broken_rule_is_left_out_with_its_reason(site: Path) -> None:
    points = [add_rule(site, f"rule_{n:02}", each) for n, each in enumerate(BROKEN.values())]
    points.append(add_rule(site, "whole", Broken("", id="whole")))
    install(site, "many-rules", "[loganalyzer.rules.v1]\n" + "".join(points))
    done = with_plugins(site)("--list", "rules")
    assert done.returncode == 0 and "whole" in done.stdout and "mine" not in done.stdout
    told = dict(line.split(" is left out: ", 1) for line in done.stderr.splitlines() if " is left out: " in line)
    assert len(told) == len(BROKEN)
    for (name, broken), (where, said) in zip(BROKEN.items(), sorted(told.items(), key=_number), strict=True):
        assert "of the package many-rules" in where
        assert broken.says in said, f"{name}: {said}"


def _number(item: tuple[str, str]) -> str:
    return item[0][item[0].index("rule_") :]


def log(folder: Path) -> Path:
    rows = "".join(f"{i},{1.0 / (i + 1)}\n" for i in range(40))
    (folder / "log.csv").write_text(f"epoch,loss\n{rows}", encoding="utf-8")
    return folder / "log.csv"


MISBEHAVING = {
    "raises": "raise OSError('no')",
    "returns nothing": "return None",
    "severity is text": "return found('warning', score=0.9)",
    "score is NaN": "return found(Severity.ERROR, score=float('nan'))",
    "numbers of objects": "return found(Severity.ERROR, score=0.9, numbers={'z': object()})",
    "evidence is text": "return found(Severity.ERROR, score=0.9, evidence='train')",
    "a signal that it did not declare": "return passed() if view.gradient_norm else passed()",
    "fixes are none": "return Outcome('', Status.FOUND, fixes=None)",
}
ODD = {
    "an undeclared variant": "return found(Severity.ERROR, score=0.9, variant='odd', numbers={'z': 1.5})",
    "an unknown fix": "return found(Severity.ERROR, score=0.9, numbers={'z': 1.5}, fixes=('nope', 'lr-half'))",
    "a series that there is not": (
        "return found(Severity.ERROR, score=0.9, numbers={'z': 1.5}, "
        "evidence=(Evidence('nope', 0, 10**9, 'point', 'no-label', value=float('nan')),))"
    ),
    "huge and hostile text": "return found(Severity.ERROR, score=9e9, kind='<b>', numbers={'z': '<img src=x>' * 999})",
}


@pytest.mark.parametrize("verdict", ["", ", verdict=Verdict.DIVERGING"], ids=["finding", "verdict"])
def test_a_rule_that_misbehaves_when_asked_takes_no_report_down(site: Path, tmp_path: Path, verdict: str) -> None:
    bodies = {**MISBEHAVING, **ODD}
    points = [
        add_rule(site, f"rule_{n:02}", Broken("", id=f"rule-{n:02}", body=body, fields=verdict))
        for n, body in enumerate(bodies.values())
    ]
    install(site, "many-rules", "[loganalyzer.rules.v1]\n" + "".join(points))
    file = log(tmp_path)
    for lang in ("en", "ja"):
        done = with_plugins(site)(
            file, "-o", tmp_path / "out", "--json", tmp_path / "r.json", "--markdown", tmp_path / "r.md", "--lang", lang,
            "--sarif", tmp_path / "r.sarif", "--junit", tmp_path / "r.xml", "--figures", tmp_path / "figures",
        )  # fmt: skip
        assert done.returncode == 0 and not done.stderr, done.stderr
        [run] = json.loads((tmp_path / "r.json").read_text("utf-8"))["runs"]
        broken = {f["rule"] for f in run["findings"] if f["status"] == "broken"}
        found = {f["rule"]: f for f in run["findings"] if f["status"] == "found"}
        assert broken == {f"rule-{n:02}" for n in range(len(MISBEHAVING))}
        odd, fixes, *_ = (found[f"rule-{n:02}"] for n in range(len(MISBEHAVING), len(bodies)))
        assert "1.5" in odd["message"] and ("独自" if lang == "ja" else "Mine") in odd["message"]
        assert [fix["id"] for fix in fixes["fixes"]] == ["lr-half"]
        assert "<img src=x>" not in (tmp_path / "out" / "index.html").read_text("utf-8")


READER = """
from loganalyzer.readers.base import Match, Reader

def detect(source): {detect}
def key(source): return source.path
def read(key, sources): {read}

READER = {reader}
"""
WHOLE = 'Reader("mine", "Mine", detect, key, read)'
READERS = {
    "no title": ('Reader("mine", "", detect, key, read)', "the title is missing"),
    "no function": ('Reader("mine", "Mine", detect, None, read)', "key is no function"),
    "taken id": ('Reader("csv", "Mine", detect, key, read)', "the id 'csv' is taken"),
    "bad suffix": ('Reader("mine", "Mine", detect, key, read, suffixes=("html",))', "the suffixes of a reader"),
    "no reader": ('"csv"', "it is no Reader but str"),
}


def test_each_broken_reader_is_left_out_with_its_reason(site: Path, tmp_path: Path) -> None:
    for n, (made, _) in enumerate(READERS.values()):
        (site / f"reader_{n}.py").write_text(READER.format(detect="return Match.NO", read="yield", reader=made))
    install(site, "readers", "[loganalyzer.readers.v1]\n" + "".join(f"r{n} = reader_{n}:READER\n" for n in range(5)))
    listed = with_plugins(site)("--list", "readers")
    assert listed.returncode == 0 and "mine" not in listed.stdout
    for _, said in READERS.values():
        assert said in listed.stderr
    assert with_plugins(site)(log(tmp_path), "--no-html").returncode == 0


@pytest.mark.parametrize(
    ("detect", "read"),
    [("raise OSError('no')", "yield"), ("return 'yes'", "yield"), ("return Match.CERTAIN", "raise KeyError('no')")],
    ids=["detection raises", "detection answers nonsense", "reading raises"],
)
def test_a_reader_that_misbehaves_takes_no_report_down(site: Path, tmp_path: Path, detect: str, read: str) -> None:
    (site / "my_reader.py").write_text(READER.format(detect=detect, read=read, reader=WHOLE), encoding="utf-8")
    install(site, "my-reader", "[loganalyzer.readers.v1]\nmine = my_reader:READER\n")
    log(tmp_path)
    (tmp_path / "odd.xyz").write_text("nothing known\n" * 9, encoding="utf-8")
    done = with_plugins(site)(tmp_path, "--no-html")
    assert done.returncode in (0, 4) and "Traceback" not in done.stderr, done.stderr
