"""Fonts for pictures whose text must be in the file, for letters that Matplotlib's own font lacks.

In SVG the reader's own fonts serve.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from loganalyzer.messages.languages import LANGUAGES, SOURCE, Fonts, Lang


def family(lang: Lang) -> str | None:
    """An installed family with the letters of ``lang``; None where there is none, or where none is needed."""
    fonts = LANGUAGES[lang].fonts
    return _installed(fonts) if fonts is not None else None


def drawable(lang: Lang) -> Lang:
    """The language for the text of a picture: ``lang`` where its letters can be drawn on this machine, else English."""
    return lang if LANGUAGES[lang].fonts is None or family(lang) else SOURCE


def letters() -> dict[str, tuple[tuple[int, int], ...]]:
    """The families at hand beside Matplotlib's own, each with its ranges of letters, for names in any language."""
    fonts = (language.fonts for language in LANGUAGES.values())
    return {name: f.letters for f in fonts if f is not None and (name := _installed(f))}


@lru_cache(maxsize=8)
def _installed(fonts: Fonts) -> str | None:
    """One of the families, or of the files: Matplotlib remembers the fonts that it saw when it first ran, and a font
    installed later is looked for on the system."""
    from matplotlib import font_manager

    known = {font.name for font in font_manager.fontManager.ttflist}
    for name in fonts.families:
        if name in known:
            return name
    for path in sorted(font_manager.findSystemFonts()):
        if Path(path).name.lower().startswith(fonts.files):
            font_manager.fontManager.addfont(path)
            return font_manager.FontProperties(fname=path).get_name()
    return None
