"""Errors in other languages: a sentence of ``errors.Message`` is found by its English text, as gettext does it."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from loganalyzer.model.errors import Message

Lang = Literal["en", "ja"]


def translate(message: Message, lang: Lang) -> str:
    """The sentence in ``lang``, with every sentence that fills a placeholder of it; in English where nobody translated it."""
    if lang == "en":
        return str(message)
    text = _catalogue().get(message.text, message.text)
    placeholders = {
        name: translate(value, lang) if isinstance(value, Message) else value
        for name, value in message.placeholders.items()
    }
    return text.format_map(placeholders) if placeholders else text


def option(name: str, english: str, lang: Lang) -> str:
    """The help of the option whose parameter is called ``name``; of ``page-...`` what else ``--help`` says."""
    return english if lang == "en" else _options().get(name, english)


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, str]:
    tables = tomllib.loads(_read("errors.toml"))
    return {entry["en"]: entry["ja"] for entry in tables.values()}


@lru_cache(maxsize=1)
def _options() -> dict[str, str]:
    return tomllib.loads(_read("options.toml"))


def _read(name: str) -> str:
    return files("loganalyzer.messages").joinpath(name).read_text(encoding="utf-8")
