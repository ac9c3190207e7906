"""Errors in other languages: a sentence of ``errors.Told`` is found by its English text, as gettext does it."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from loganalyzer.errors import Told

Lang = Literal["en", "ja"]


def said(told: Told, lang: Lang) -> str:
    """The sentence in ``lang``, with every sentence that fills a hole of it; in English where nobody translated it."""
    if lang == "en":
        return str(told)
    text = _catalogue().get(told.text, told.text)
    holes = {name: said(value, lang) if isinstance(value, Told) else value for name, value in told.holes.items()}
    return text.format_map(holes) if holes else text


def option(name: str, english: str, lang: Lang) -> str:
    """The help of the option whose parameter is called ``name``; of ``page-...`` what else ``--help`` says."""
    return english if lang == "en" else _options().get(name, english)


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, str]:
    tables = tomllib.loads(_read("complaints.toml"))
    return {entry["en"]: entry["ja"] for entry in tables.values()}


@lru_cache(maxsize=1)
def _options() -> dict[str, str]:
    return tomllib.loads(_read("options.toml"))


def _read(name: str) -> str:
    return files("loganalyzer.words").joinpath(name).read_text(encoding="utf-8")
