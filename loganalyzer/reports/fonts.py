"""Fonts for bitmap pictures, for letters that Matplotlib's own font lacks.

SVG uses the fonts of the viewer.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from loganalyzer.messages.languages import LANGUAGES, SOURCE, Fonts, Lang


def family(lang: Lang) -> str | None:
    """Return an installed family with the letters of ``lang``; None if there is none, or none is needed."""
    fonts = LANGUAGES[lang].fonts
    return _installed(fonts) if fonts is not None else None


def drawable(lang: Lang) -> Lang:
    """Return the language for the text of a picture: ``lang`` if a font for it is installed, else English."""
    return lang if LANGUAGES[lang].fonts is None or family(lang) else SOURCE


def letters() -> dict[str, tuple[tuple[int, int], ...]]:
    """Return the installed families in addition to Matplotlib's own, with their ranges of letters, for names in any language."""
    fonts = (language.fonts for language in LANGUAGES.values())
    return {name: f.letters for f in fonts if f is not None and (name := _installed(f))}


@lru_cache(maxsize=8)
def _installed(fonts: Fonts) -> str | None:
    """Find one of the families or files: Matplotlib caches its list of fonts at first use, so fonts installed later
    are searched on the system."""
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
