"""The configuration: where it is looked for, what it may say, who wins, and what a typo gets."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from loganalyzer.config import load as config
from loganalyzer.config.fit import schema
from loganalyzer.config.settings import Settings
from loganalyzer.config.show import settings_as_dict, show
from loganalyzer.config.sources import ENVIRONMENT, language
from loganalyzer.model.errors import ConfigError
from loganalyzer.model.outcome import Severity
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
    assert settings.metrics[0].name == "val/accuracy" and settings.metrics[0].stat == "last"
    assert settings.runs[0].expect == ("converged",) and settings.runs[0].metrics[0].aggregate == "median"
    assert settings.ignores[0].expires == "2027-01-31"
    assert settings.baseline.metrics[0].relative == 0.05
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


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("fail_on = ['error']", "did you mean 'fail-on'"),
        ("[gates]\n", "did you mean 'gate'"),
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
        ("[mail]\nreport-url = 'javascript:x'", "mail.report-url"),
        ("settled-minutes = -1", "settled-minutes"),
        ("allow_running = true", "did you mean 'allow-running'"),
        ("lang = 'de'", "allowed: en, ja"),
        ("x = [", "no valid TOML"),
    ],
)
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
    assert settings.ignores[0].expires == "soon"


def test_the_schema_is_valid_and_the_merged_configuration_fits_it(tmp_path: Path) -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    for text in ("", FULL, *(f'preset = "{p}"' for p in config.PRESETS)):
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


def test_every_environment_name_is_a_key_of_the_schema() -> None:
    for path in ENVIRONMENT.values():
        node = schema()
        for part in path:
            node = node["properties"][part]


@pytest.mark.parametrize("name", sorted(ENVIRONMENT))
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
        load(tmp_path, command_line={"fail-on": "over"})


def test_what_the_file_may_set_is_shown(tmp_path: Path) -> None:
    shown = show(load(tmp_path, "[mail]\nretry-seconds = 60\n"))
    assert "mail.retry-seconds = 60.0  # loganalyzer.toml" in shown


def test_a_kind_that_does_not_exist_is_told_those_that_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="did you mean 'overfitting:severe'") as caught:
        load(tmp_path, 'fail-on = ["overfitting:sever"]')
    assert "overfitting:mild" in str(caught.value) and "plateau" not in str(caught.value)
