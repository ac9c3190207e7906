"""Sources of the configuration: a file, the environment."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loganalyzer.messages.languages import LANGUAGES, SOURCE, Lang
from loganalyzer.model.errors import ConfigError, did_you_mean
from loganalyzer.model.late import late

if TYPE_CHECKING:
    from loganalyzer.config.keys import Key

FILE = "loganalyzer.toml"
MAX_BYTES = 1_000_000
MAX_DEPTH = 30
# tomllib takes quadratic time for a dotted key of many parts: 37 seconds for 100 kB
_LONG_KEY = late(lambda: re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){30}"""))
# read elsewhere; a password never becomes part of the settings
_OTHER_VARIABLES = ("LOGANALYZER_CONFIG", "LOGANALYZER_DEBUG", "LOGANALYZER_SMTP_PASSWORD")
_TRUE, _FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


def read(config_file: str | None, directory: Path) -> tuple[dict[str, Any], str | None]:
    """Read the given file or the one found in ``directory``; return its table and its name. Raises ConfigError."""
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


def language(
    chosen: str | None = None,
    config_file: str | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
) -> Lang:
    """Determine the language without loading all settings; never fails."""
    env = os.environ if environment is None else environment
    try:
        in_file = read(config_file or env.get("LOGANALYZER_CONFIG"), directory or Path.cwd())[0].get("lang")
    except (ConfigError, OSError):
        in_file = None
    return next((lang for lang in (chosen, env.get("LOGANALYZER_LANG"), in_file) if lang in tuple(LANGUAGES)), SOURCE)


def from_environment(env: Mapping[str, str]) -> Iterator[tuple[Key, Any]]:
    """Read settings from the environment; empty variables, as CI systems leave them, set nothing. Raises ConfigError."""
    names = sorted(name for name in env if name.startswith("LOGANALYZER_"))
    if not names:
        return
    from loganalyzer.config.keys import by_variable

    known = by_variable()
    for name in names:
        if name in known and env[name].strip():
            yield known[name], _from_text(env[name], known[name], name)
        elif name not in (*known, *_OTHER_VARIABLES) and (
            near := did_you_mean(name, [*known, *_OTHER_VARIABLES], cutoff=0.85, quote=False)
        ):
            raise ConfigError("environment: {name} is unknown{hint}", name=name, hint=near)


def as_list(text: str) -> list[str]:
    """Split a text at commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def _section(path: Path, *, explicit: bool) -> dict[str, Any] | None:
    text = _text(path)
    if not explicit and "loganalyzer" not in text:
        return None  # another tool's pyproject.toml, which may even be broken
    if key := _LONG_KEY.search(text):
        line = text.count("\n", 0, key.start()) + 1
        raise ConfigError("{path}, line {line}: a key of so many parts is nested too deeply", path=path, line=line)
    import tomllib

    try:
        document = _plain(tomllib.loads(text))
    except RecursionError as error:
        raise ConfigError("{path}: the tables or lists are nested too deeply", path=path) from error
    except ValueError as error:  # TOMLDecodeError, or a number of more digits than Python converts
        raise ConfigError("{path} is no valid TOML: {reason}", path=path, reason=_first_line(error)) from error
    if path.name != "pyproject.toml":
        return _as_table(document)
    section = _as_table(document.get("tool")).get("loganalyzer")
    if section is None:
        return {} if explicit else None
    return _as_table(section)


def _text(path: Path) -> str:
    """Read the file as text; undecodable bytes become U+FFFD, which TOML allows in no key. Raises ConfigError."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError("cannot read the configuration {path}: {reason}", path=path, reason=error.strerror) from error
    if len(content) > MAX_BYTES:
        raise ConfigError("{path} is larger than {limit} bytes: that is no configuration", path=path, limit=MAX_BYTES)
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        if b"loganalyzer" not in content and path.name == "pyproject.toml":
            return ""
        raise ConfigError("{path} is no valid TOML: {reason}", path=path, reason=error) from error


def _plain(value: Any, depth: int = 0) -> Any:
    """Convert TOML's dates to text, so that one schema fits TOML and JSON. Raises RecursionError below ``MAX_DEPTH``."""
    if depth > MAX_DEPTH:
        raise RecursionError
    if isinstance(value, dict):
        return {name: _plain(each, depth + 1) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each, depth + 1) for each in value]
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else value


def _as_table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0][:300]


def _from_text(text: str, key: Key, name: str) -> Any:
    kind = key.kind.plain
    if kind is bool:
        if text.lower() not in (*_TRUE, *_FALSE):
            raise ConfigError("environment: {name}={value!r} is neither true nor false", name=name, value=text[:120])
        return text.lower() in _TRUE
    if kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            raise ConfigError("environment: {name}={value!r} is no number", name=name, value=text[:120]) from None
    return as_list(text) if key.kind.is_list_of_texts else text
