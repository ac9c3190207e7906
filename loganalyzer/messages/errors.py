"""Translate the English texts in the code: errors and help of options.

As in gettext, an error is looked up by its English text; the help of an option by the option's name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache

from loganalyzer.messages.languages import SOURCE, Lang, listed
from loganalyzer.model.errors import Message
from loganalyzer.model.own_files import own_text


def translate(message: Message, lang: Lang) -> str:
    """Return the message in ``lang``, nested messages in its placeholders included; in English without a translation."""
    if lang == SOURCE:
        return str(message)
    text = _catalogue(lang).get(message.text, message.text)
    placeholders = {name: _said(value, lang) for name, value in message.placeholders.items()}
    return text.format_map(placeholders) if placeholders else text


def _said(value: object, lang: Lang) -> object:
    if isinstance(value, Message):
        return translate(value, lang)
    return listed(value, lang) if isinstance(value, tuple) else value


def option(name: str, english: str, lang: Lang) -> str:
    """Return the help of the option with parameter ``name``; ``page-...`` are the other parts of ``--help``."""
    return _options().get(name, {}).get(lang, english)


@lru_cache(maxsize=8)
def _catalogue(lang: Lang) -> Mapping[str, str]:
    return {entry[SOURCE]: entry[lang] for entry in _read("errors.toml").values() if lang in entry}


@lru_cache(maxsize=1)
def _options() -> Mapping[str, Mapping[str, str]]:
    return _read("options.toml")


def _read(name: str) -> dict[str, dict[str, str]]:
    return tomllib.loads(own_text("loganalyzer.messages", name))
