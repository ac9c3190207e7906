"""The registry of readers: built-in ones in the order of detection, then those of plugins."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from itertools import chain
from typing import Any

from loganalyzer import readers as _readers
from loganalyzer.model.guarded import guarded, guarded_items
from loganalyzer.model.plugins import companion_file, plugin_points, with_plugins
from loganalyzer.readers import Signs
from loganalyzer.readers.base import Reader, Source
from loganalyzer.readers.deadline import seconds_left

GROUP = "loganalyzer.readers.v1"


@lru_cache(maxsize=1)
def load_readers() -> tuple[Reader, ...]:
    """Return all readers in the order of detection, built-in ones first."""
    ours = [_own_reader(name) for name in _readers.MODULES]
    return with_plugins(ours, Reader, GROUP, problems, _guarded)


def _guarded(reader: Reader, package: str) -> Reader:
    read = guarded_items(reader.read, package, seconds_left)
    return replace(reader, detect=guarded(reader.detect, package), key=guarded(reader.key, package), read=read)


def readers_for(source: Source) -> Iterator[Reader]:
    """Yield the readers that may know the file, loading each on demand: a table needs no reader of archives."""
    beginning = None
    for name, signs in _readers.MODULES.items():
        asked = _named(signs, source) or not (signs.text or signs.names or signs.magic)
        if not asked and signs.text:
            beginning = _beginning(source.text_head or "") if beginning is None else beginning
            asked = not beginning.isdisjoint(signs.text)
        if asked:
            yield _own_reader(name)
    yield from _plugins()


def _named(signs: Signs, source: Source) -> bool:
    return source.head.startswith(signs.magic, signs.offset) or any(name in source.path for name in signs.names)


def _beginning(text: str) -> frozenset[str]:
    """How a text begins, in the characters of ``Signs.text``."""
    first = text.lstrip().lstrip("\ufeff \t\r\n")[:1]
    found = {first if first in "{[" else "a"} if first else set()
    return frozenset(found | {"{"} if "\n{" in text or "\r{" in text else found)


@lru_cache(maxsize=1)
def declared_suffixes() -> frozenset[str]:
    """Return the suffixes that readers declare; loads only plugin readers."""
    own = {suffix for signs in _readers.MODULES.values() for suffix in signs.suffixes}
    return frozenset(own.union(*(reader.suffixes for reader in _plugins())))


@lru_cache(maxsize=64)
def find_reader(reader_id: str) -> Reader:
    """Return the reader of that id. Raises KeyError."""
    loaded_first = sorted(_readers.MODULES, key=lambda name: f"{_readers.__name__}.{name}" not in sys.modules)
    for reader in chain(map(_own_reader, loaded_first), _plugins()):
        if reader.id == reader_id:
            return reader
    raise KeyError(reader_id)


@lru_cache(maxsize=1)
def _plugins() -> tuple[Reader, ...]:
    return load_readers()[len(_readers.MODULES) :] if plugin_points(GROUP) else ()


def problems(reader: Reader) -> list[str]:
    """Return the problems of a reader, a phrase each; empty if it is valid."""
    wrong = [f"{name} is no function" for name in ("detect", "key", "read") if not callable(getattr(reader, name))]
    if not isinstance(reader.title, str) or not reader.title.strip():
        wrong.append("the title is missing")
    return wrong or ([] if _titles_are_text(plugin_titles(reader)) else ["the title in its message file is no text"])


def plugin_titles(reader: Reader) -> Mapping[str, str]:
    """Return the titles by language from the TOML file next to a plugin reader's module; none without one."""
    file = companion_file(reader.read.__module__, ".toml")
    titles: Any = tomllib.loads(file.read_text(encoding="utf-8")).get("title", {}) if file.is_file() else {}
    return titles if isinstance(titles, Mapping) else {"": titles}


def _titles_are_text(titles: Mapping[str, Any]) -> bool:
    return all(lang and isinstance(text, str) for lang, text in titles.items())


@lru_cache(maxsize=64)
def _own_reader(name: str) -> Reader:
    reader = import_module(f"loganalyzer.readers.{name}").READER
    assert isinstance(reader, Reader)
    return reader
