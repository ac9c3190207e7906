"""``--explain`` and ``--list``: found by any name, the useful part first; ``--help`` in sections."""

from __future__ import annotations

import click
import pytest

from loganalyzer import messages
from loganalyzer.cli.command import command
from loganalyzer.cli.options.declare import SECTIONS
from loganalyzer.cli.pages import MOST_FIXES, explain, listing
from loganalyzer.messages import LANGUAGES, Lang
from loganalyzer.messages.errors import option
from loganalyzer.model.errors import UsageError
from loganalyzer.reports.wrap import columns
from loganalyzer.rules.registry import load_rules


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("Overfitting", "overfitting"), ("OVERFITTING", "overfitting"), ("過学習", "overfitting"), (" diverging ", "diverging"),
        ("発散", "diverging"), ("too_short", "too-short"), ("Too few points", "too-short"), ("停滞", "plateau"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_rule_is_found_by_any_of_its_names(name: str, rule: str, lang: Lang) -> None:
    assert explain(name, lang) == explain(rule, lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_for_the_authors_of_rules_is_for_v(lang: Lang) -> None:
    short, whole = explain("plateau", lang, everything=False), explain("plateau", lang)
    measured, do = messages.ui("pages", "measured", lang), messages.ui("pages", "do", lang)
    assert measured in whole.splitlines() and measured not in short.splitlines() and do in short and "-v" in short
    assert whole.startswith(short.rpartition("\n\n")[0])


def test_another_name_is_an_error_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean overfitting"):
        explain("overfiting", "en")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("rule", load_rules(), ids=lambda rule: rule.id)
def test_what_to_do_comes_before_how_it_is_measured(rule: object, lang: Lang) -> None:
    page = explain(rule.id, lang)  # type: ignore[attr-defined]
    do, measured = (f"\n{messages.ui('pages', key, lang)}\n" for key in ("do", "measured"))
    fixes = rule.fixes[:MOST_FIXES]  # type: ignore[attr-defined]
    assert (do in page) is bool(fixes) and measured in page
    joined = "".join(page.split())
    for fix in fixes:
        assert "".join(messages.fix(fix, lang).text.split()) in joined
        assert page.index(do) < page.index(measured)
    assert page.count(measured) == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_rules_are_listed_with_a_sentence_verdicts_first(lang: Lang) -> None:
    lines = listing("rules", lang).splitlines()
    where = {line.split()[0]: number for number, line in enumerate(lines) if line and "  " in line}
    assert set(where) >= {rule.id for rule in load_rules()}
    deciding = [where[rule.id] for rule in load_rules() if rule.verdict is not None]
    assert max(deciding) < min(where[rule.id] for rule in load_rules() if rule.verdict is None)
    assert all(len(line.split("  ", 1)[1].strip()) > 12 for line in lines if line and line.split()[0] in where)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_help_lists_every_option_once_in_its_section(lang: Lang) -> None:
    context = click.Context(command, info_name="analyze-logs", obj=["--lang", lang])
    page = command.get_help(context)
    headings = [option(f"page-section-{key}", english + ":", lang) for key, english in SECTIONS.items()]
    places = [page.index(f"\n{heading}\n") for heading in headings]
    assert places == sorted(places)
    for parameter in command.get_params(context):
        if isinstance(parameter, click.Option):
            assert (
                sum(f" {parameter.opts[-1]}" in line[:32] and line.startswith("  -") for line in page.splitlines()) >= 1
            )
    assert page.index("--fail-on") > page.index(headings[list(SECTIONS).index("gate")])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_help_fits_a_terminal_and_no_name_is_torn(lang: Lang) -> None:
    with click.Context(command, info_name="analyze-logs", obj=["--lang", lang], terminal_width=80) as context:
        lines = command.get_help(context).splitlines()
    assert [line for line in lines if columns(line) > 80] == []
    assert [line for line in lines if line.endswith("-") and not line.endswith((" -", "for -"))] == []
