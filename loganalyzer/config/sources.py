"""Where the configuration comes from: a file, the environment."""

from __future__ import annotations

import datetime
import os
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from loganalyzer.config.fit import schema
from loganalyzer.config.tables import put
from loganalyzer.messages.languages import LANGUAGES, SOURCE, Lang
from loganalyzer.model.errors import ConfigError

FILE = "loganalyzer.toml"
# what the environment may set; passwords are read elsewhere and never become part of the settings
ENVIRONMENT: Mapping[str, tuple[str, ...]] = {
    "LOGANALYZER_" + "_".join(path).upper().replace("-", "_"): path
    for path in (
        ("preset",),
        ("fail-on",),
        ("strict",),
        ("allow-empty",),
        ("allow-running",),
        ("settled-minutes",),
        ("require-runs",),
        ("min-steps",),
        ("lang",),
        ("baseline", "path"),
        ("baseline", "tolerance"),
        *(("mail", key) for key in ("to", "from", "smtp", "password-file", "ca-file", "insecure", "required")),
        *(("mail", key) for key in ("retry-seconds", "attach", "attach-limit-mb", "when", "title", "report-url")),
    )
}


def read(config_file: str | None, directory: Path) -> tuple[dict[str, Any], str | None]:
    """The table of the file that is given or found in ``directory``, and its name. Raises ConfigError."""
    if config_file:
        return _section(Path(config_file), explicit=True) or {}, config_file
    own = directory / FILE
    if own.is_file():
        return _section(own, explicit=True) or {}, FILE
    project = directory / "pyproject.toml"
    if project.is_file():
        section = _section(project, explicit=False)
        if section is not None:
            return section, "pyproject.toml"
    return {}, None


def _section(path: Path, *, explicit: bool) -> dict[str, Any] | None:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError("cannot read the configuration {path}: {reason}", path=path, reason=error.strerror) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        if not explicit and "loganalyzer" not in path.read_text(encoding="utf-8", errors="replace"):
            return None  # somebody else's broken pyproject.toml is none of our business
        raise ConfigError("{path} is no valid TOML: {reason}", path=path, reason=error) from error
    if path.name == "pyproject.toml":
        tool = document.get("tool", {})
        section = tool.get("loganalyzer") if isinstance(tool, dict) else None
        if section is None:
            return {} if explicit else None
        document = section
    plain: dict[str, Any] = _plain(document) if isinstance(document, dict) else {}
    return plain


def _plain(value: Any) -> Any:
    """TOML's dates as text, so that one schema fits TOML and JSON."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else value


def language(
    chosen: str | None = None,
    config_file: str | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
) -> Lang:
    """The language in force, for what is said where the settings cannot be loaded or are not asked for; never fails."""
    env = os.environ if environment is None else environment
    try:
        in_file = read(config_file or env.get("LOGANALYZER_CONFIG"), directory or Path.cwd())[0].get("lang")
    except (ConfigError, OSError):
        in_file = None
    return next((lang for lang in (chosen, env.get("LOGANALYZER_LANG"), in_file) if lang in tuple(LANGUAGES)), SOURCE)


def from_environment(env: Mapping[str, str]) -> dict[str, Any]:
    """What the environment sets; an empty variable, as CI systems leave them, sets nothing. Raises ConfigError."""
    layer: dict[str, Any] = {}
    others = ("LOGANALYZER_CONFIG", "LOGANALYZER_DEBUG", "LOGANALYZER_SMTP_PASSWORD")
    for name in sorted(n for n in env if n.startswith("LOGANALYZER_")):
        if name in ENVIRONMENT and env[name].strip():
            put(layer, ENVIRONMENT[name], _typed(ENVIRONMENT[name], env[name], name))
        elif name not in (*ENVIRONMENT, *others) and (
            near := get_close_matches(name, [*ENVIRONMENT, *others], n=1, cutoff=0.85)
        ):
            raise ConfigError("environment: {name} is unknown; did you mean {near}?", name=name, near=near[0])
    return layer


def _typed(path: tuple[str, ...], text: str, name: str) -> Any:
    node: Any = schema()
    for part in path:
        node = node["properties"][part]
    kind = node.get("type")
    try:
        if kind == "integer":
            return int(text)
        if kind == "number":
            return float(text)
    except ValueError:
        raise ConfigError("environment: {name}={value!r} is no number", name=name, value=text) from None
    if kind == "boolean":
        if text.lower() not in ("1", "true", "yes", "on", "0", "false", "no", "off"):
            raise ConfigError("environment: {name}={value!r} is neither true nor false", name=name, value=text)
        return text.lower() in ("1", "true", "yes", "on")
    return [p.strip() for p in text.split(",") if p.strip()] if kind == "array" else text


def variable(path: tuple[str, ...]) -> str:
    """The environment's name of a key."""
    return next(name for name, known in ENVIRONMENT.items() if known == path)
