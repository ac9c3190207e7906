"""The configuration: where it is looked for, what it may say, who wins, and what a typo gets."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import jsonschema
import pytest

from loganalyzer.cli.command import command
from loganalyzer.cli.gate import KEYS
from loganalyzer.config import load as config
from loganalyzer.config.conditions import verdicts
from loganalyzer.config.keys import Kind, by_variable, keys, kind_of
from loganalyzer.config.schema import SHIPPED, as_text, schema
from loganalyzer.config.settings import PRESETS, Settings
from loganalyzer.config.show import settings_as_dict, show
from loganalyzer.config.sources import language
from loganalyzer.messages.errors import translate
from loganalyzer.model.errors import ConfigError, Message
from loganalyzer.model.outcome import Severity, Verdict
from loganalyzer.rules.registry import load_rules

FULL = """
preset = "recommended"
fail-on = ["overfitting:severe", "error"]
strict = true
min-steps = 20
[severities]
overfitting = "error"
[limits.overfitting]
z = 5.0
[roles]
"my_score*" = "metric:max:validation"
[gate.metrics."val/accuracy"]
min = 0.91
stat = "last"
[[gate.runs]]
runs = "sweep/*"
expect = "converged"
metrics."val/loss" = { max = 0.4, aggregate = "median", level = "warning" }
[[ignore]]
rule = "plateau"
runs = "ablation/*"
reason = "frozen backbone"
expires = 2027-01-31
[baseline]
path = "baseline.json"
metrics."val/loss" = { tolerance = 0.05 }
[mail]
to = ["a@example.org"]
from = "b@example.org"
smtp = "smtps://b@mail.example.org:465"
"""


def load(folder: Path, text: str = "", **options: object) -> Settings:
    if text:
        (folder / "loganalyzer.toml").write_text(text, encoding="utf-8")
    options.setdefault("environment", {})
    return config.load(directory=folder, rules=load_rules(), **options)  # type: ignore[arg-type]


def test_no_file_gives_the_defaults(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert not settings.gates and settings.lang == "en" and settings.mail.attach == "html" and settings.source is None


def test_a_full_file(tmp_path: Path) -> None:
    settings = load(tmp_path, FULL)
    assert settings.fail_on == ("overfitting:severe", "error")
    assert settings.severities == {"overfitting": Severity.ERROR}
    assert settings.limits == {"overfitting": {"z": 5.0}}
    assert settings.gate.metrics["val/accuracy"].stat == "last"
    assert settings.gate.runs[0].expect == ("converged",)
    assert settings.gate.runs[0].metrics["val/loss"].aggregate == "median"
    assert settings.ignore[0].expires == "2027-01-31"
    assert settings.baseline.metrics["val/loss"].relative == 0.05
    assert settings.mail.sender == "b@example.org" and settings.needs_series


def test_pyproject_is_read_and_the_own_file_wins(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n[tool.loganalyzer]\nmin-steps = 7\n')
    settings = load(tmp_path)
    assert settings.min_steps == 7 and settings.source == "pyproject.toml"
    assert load(tmp_path, "min-steps = 8").min_steps == 8


def test_a_pyproject_without_our_table_is_none_of_our_business(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n')
    assert load(tmp_path).source is None
    (tmp_path / "pyproject.toml").write_text("not toml at all [")
    assert load(tmp_path).source is None


def test_layers_win_in_order_and_say_so(tmp_path: Path) -> None:
    text = 'preset = "strict"\nmin-steps = 5\nlang = "ja"\n'
    settings = load(
        tmp_path,
        text,
        environment={"LOGANALYZER_MIN_STEPS": "6", "LOGANALYZER_STRICT": "0"},
        command_line={"fail-on": "diverging", "lang": None},
    )
    assert (settings.min_steps, settings.strict, settings.fail_on, settings.lang) == (6, False, ("diverging",), "ja")
    shown = show(settings)
    assert "min-steps = 6  # environment LOGANALYZER_MIN_STEPS" in shown
    assert 'fail-on = ["diverging"]  # command line' in shown
    assert "require-runs = 1  # preset strict" in shown
    assert 'lang = "ja"  # loganalyzer.toml' in shown
    assert 'mail.attach = "html"  # default' in shown


MISTAKES = [
    ("fail_on = ['error']", "did you mean 'fail-on'"),
    ("[gates]\n", "did you mean 'gate'"),
    ("[metrics]\n", "did you mean gate.metrics, baseline.metrics"),
    ("[metric]\n", "did you mean gate.metrics, baseline.metrics"),
    ("tolerance = 0.1", "did you mean baseline.tolerance"),
    ("fail-on = ['overfiting']", "did you mean 'overfitting'"),
    ("fail-on = ['overfitting:sever']", "did you mean"),
    ("preset = 'recomended'", "did you mean 'recommended'"),
    ("min-steps = -1", "min-steps"),
    ("min-steps = 'many'", "min-steps"),
    ("strict = 1", "strict"),
    ("[severities]\noverfiting = 'error'", "did you mean 'overfitting'"),
    ("[severities]\noverfitting = 'eror'", "did you mean 'error'"),
    ("[limits.overfitting]\nzz = 1.0", "did you mean 'z'"),
    ("[limits.overfitting]\nz = 1000.0", "outside"),
    ("[limits.overfiting]\nz = 3.0", "did you mean 'overfitting'"),
    ("[gate.metrics.acc]\nmni = 3.0", "did you mean 'min'"),
    ("[gate.metrics.acc]\nstat = 'best'", "give min, max or both"),
    ("[[gate.runs]]\nexpect = 'converged'", "'runs' is missing"),
    ("[[gate.runs]]\nruns = '*'\nexpect = 'convergd'", "expect"),
    ("[[ignore]]\nrule = 'plateau'", "'reason' is missing"),
    ("[[ignore]]\nrule = 'plateau'\nreason = ' '", "a reason must be given"),
    ("[[ignore]]\nrule = 'platau'\nreason = 'x'", "did you mean 'plateau'"),
    ("[roles]\nx = 'loss'", "roles.x"),
    ("[mail]\nsmpt = 'smtp://h'", "did you mean 'smtp'"),
    ("[mail]\nsmtp = 'http://h'", "mail.smtp"),
    ("[mail]\nto = ['a@b.c', 'x']", 'mail.to.1: "x" does not fit: A mail address.'),
    ("[mail]\nreport-url = 'javascript:x'", "mail.report-url"),
    ("settled-minutes = -1", "settled-minutes"),
    ("allow_running = true", "did you mean 'allow-running'"),
    ("lang = 'de'", "allowed: en, ja"),
    ("x = [", "no valid TOML"),
]


@pytest.mark.parametrize(("text", "told"), MISTAKES)
def test_mistakes_are_named(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    assert told in str(caught.value) and "loganalyzer.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_mistakes_in_the_environment(tmp_path: Path) -> None:
    for name, value, told in (
        ("LOGANALYZER_FAILON", "error", "did you mean LOGANALYZER_FAIL_ON"),
        ("LOGANALYZER_MIN_STEPS", "many", "no number"),
        ("LOGANALYZER_STRICT", "perhaps", "neither"),
        ("LOGANALYZER_LANG", "de", "not allowed"),
    ):
        with pytest.raises(ConfigError, match=told):
            load(tmp_path, environment={name: value})


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read"):
        config.load(str(tmp_path / "none.toml"), environment={})


def test_a_malformed_date_is_no_error_it_is_judged_by_the_gate(tmp_path: Path) -> None:
    settings = load(tmp_path, "[[ignore]]\nrule='plateau'\nreason='x'\nexpires='soon'")
    assert settings.ignore[0].expires == "soon"


def test_the_schema_is_valid_and_the_merged_configuration_fits_it(tmp_path: Path) -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    for text in ("", FULL, *(f'preset = "{p}"' for p in PRESETS)):
        document = settings_as_dict(load(tmp_path, text))
        jsonschema.Draft202012Validator(schema()).validate(json.loads(json.dumps(document)))


def test_what_is_shown_can_be_loaded_again(tmp_path: Path) -> None:
    settings = load(tmp_path, FULL)
    again = load(tmp_path, _as_toml(settings_as_dict(settings)))
    assert settings_as_dict(again) == settings_as_dict(settings)


def _as_toml(document: dict[str, object], prefix: str = "") -> str:
    lines = [f"{json.dumps(k)} = {_value(v)}" for k, v in document.items()]
    return "\n".join(lines)


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(k)} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    return json.dumps(value)


def test_the_shipped_schema_is_the_one_that_the_definition_makes() -> None:
    assert SHIPPED.read_text(encoding="utf-8") == as_text(), "make schema"


def test_the_schema_refuses_what_loading_refuses(tmp_path: Path) -> None:
    """An editor marks the same mistakes, apart from names of rules and limits, which the schema does not list."""
    validator = jsonschema.Draft202012Validator(schema())
    for text, _ in MISTAKES:
        if (
            "[limits" not in text
            and "[severities]\noverfiting" not in text
            and "platau" not in text
            and text != "x = ["
        ):
            assert not validator.is_valid(tomllib.loads(text)), text
    for right in ('fail-on = "overfitting:severe,error"', 'gate.runs = [{ runs = "*", expect = "plateau:stalled" }]'):
        assert validator.is_valid(tomllib.loads(right)), right


def test_every_verdict_and_kind_is_in_the_schema() -> None:
    listed = schema()["$defs"]["verdict"]["enum"]
    assert set(Verdict) <= set(listed) and set(verdicts()) == set(listed)


def test_the_environment_sets_every_key_that_one_text_can_hold() -> None:
    variables = {key.variable for key in keys()} - {""}
    assert {".".join(key.path) for key in keys() if not key.variable} == {
        "severities", "limits", "roles", "gate.metrics", "gate.runs", "ignore", "baseline.metrics",
    }  # fmt: skip
    assert variables == set(by_variable()) and {"LOGANALYZER_FAIL_ON", "LOGANALYZER_MAIL_PASSWORD_FILE"} <= variables


def every_kind() -> Iterator[tuple[str, Kind]]:
    """All keys of all tables, those in tables with free names and in lists of tables too."""
    for key in keys():
        yield ".".join(key.path), key.kind
        inner = kind_of(key.kind.items) if key.kind.items else key.kind
        if inner.plain is str and any(meta.min_length or meta.pattern for meta in inner.metas):
            yield f"{'.'.join(key.path)}.*", inner
        if inner.is_table:
            yield from ((".".join((*key.path, *k.path)), k.kind) for k in keys(inner.plain))


@pytest.mark.parametrize(
    ("name", "kind"), list(every_kind()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_key_is_described_in_both_languages(name: str, kind: Kind) -> None:
    assert kind.description, f"{name}: Meta(description=...) in config/settings.py"
    japanese = translate(Message(kind.description), "ja")
    assert japanese != kind.description, f"{name}: messages/errors.toml does not say in Japanese: {kind.description}"


@pytest.mark.parametrize("name", sorted(by_variable()))
def test_an_empty_variable_sets_nothing(tmp_path: Path, name: str) -> None:
    plain = load(tmp_path, FULL)
    assert load(tmp_path, FULL, environment={name: ""}) == plain


def test_the_language_is_known_where_the_settings_are_wrong(tmp_path: Path) -> None:
    def told(**environment: str) -> str:
        return language(environment=environment, directory=tmp_path)

    assert told() == "en" and told(LOGANALYZER_LANG="ja") == "ja" and told(LOGANALYZER_LANG="fr") == "en"
    (tmp_path / "loganalyzer.toml").write_text('lang = "ja"\nfail_on = 1\n')
    assert told() == "ja" and told(LOGANALYZER_LANG="en") == "en"
    assert language("en", environment={"LOGANALYZER_LANG": "ja"}, directory=tmp_path) == "en"
    (tmp_path / "loganalyzer.toml").write_text("lang = [")
    assert told() == "en"
    assert language(None, str(tmp_path), environment={}, directory=tmp_path) == "en"


def test_a_name_that_is_begun_is_meant(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="did you mean 'overfitting'"):
        load(tmp_path, 'fail-on = ["over"]')
    with pytest.raises(ConfigError, match=r"^--fail-on: 'over' is no verdict"):
        config.load(command_line={"fail-on": "over"}, environment={}, directory=tmp_path / "empty")


def test_what_the_file_may_set_is_shown(tmp_path: Path) -> None:
    shown = show(load(tmp_path, "[mail]\nretry-seconds = 60\n"))
    assert "mail.retry-seconds = 60.0  # loganalyzer.toml" in shown


def test_a_kind_that_does_not_exist_is_told_those_that_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="did you mean 'overfitting:severe'") as caught:
        load(tmp_path, 'fail-on = ["overfitting:sever"]')
    assert "overfitting:mild" in str(caught.value) and "plateau" not in str(caught.value)


def test_a_mail_server_with_a_password_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"mail\.smtp") as caught:
        load(tmp_path, '[mail]\nsmtp = "bob:hunter2@mail.example.org"')
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "english", "japanese"),
    [
        ("min-steps = -1", "-1 is not a whole number, 0 or more. A run whose", "-1 は指定できません。0 以上の整数を"),
        ("strict = 1", "1 is not true or false. Input that", "1 は指定できません。真偽値（true か false）を"),
        ("[mail]\nretry-seconds = 900", "900 is not a number from 0 to 600.", "0 から 600 までの数値を"),
        ("[mail]\nattach-limit-mb = 0", "0 is not a number above 0, at most 50.", "0 より大きく 50 以下の数値を"),
        ("[mail]\nto = 'a@b.c'", '"a@b.c" is not a list of texts.', "文字列のリストを"),
        ("gate = 1", "gate: 1 is not a table", "テーブルを"),
        ("ignore = 1", "1 is not a list of tables.", "テーブルのリストを"),
        ("[limits.plateau]\nshare = 'x'", '"x" is not a number, or true or false', "数値か真偽値（true か false）を"),
    ],
)
def test_what_is_expected_is_said_in_both_languages(tmp_path: Path, text: str, english: str, japanese: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    assert english in str(caught.value) and japanese in translate(caught.value.message, "ja")


def test_options_are_named_and_a_list_is_one_text_outside_files(tmp_path: Path) -> None:
    names = {"mail.to": "--email-to", "mail.smtp": "--smtp"}
    settings = load(tmp_path, command_line={"mail.to": "a@b.c, d@e.f"}, option_names=names)
    assert settings.mail.to == ("a@b.c", "d@e.f")
    with pytest.raises(ConfigError, match=r"^--smtp: "):
        load(tmp_path, command_line={"mail.smtp": "http://mail"}, option_names=names)
    assert load(tmp_path, environment={"LOGANALYZER_MAIL_TO": "a@b.c,d@e.f"}).mail.to == ("a@b.c", "d@e.f")


def test_what_options_name_are_keys_and_options() -> None:
    options = {name for parameter in command.params for name in parameter.opts}
    assert set(KEYS) <= options
    kinds = {".".join(key.path): key.kind for key in keys()}
    for parameter in command.params:
        if (key := KEYS.get(parameter.opts[-1])) and isinstance(parameter.type, click.Choice):
            assert tuple(parameter.type.choices) == kinds[key].choices, key
    assert set(KEYS.values()) <= set(kinds)
