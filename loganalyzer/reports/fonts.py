"""A font that has Japanese letters, for pictures whose text must be in the file; in SVG the reader's own fonts serve."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

FAMILIES = (
    "IPAexGothic", "IPAPGothic", "IPAGothic", "Noto Sans CJK JP", "Noto Sans JP", "Hiragino Sans", "Hiragino Maru Gothic Pro",
    "Yu Gothic", "Meiryo", "MS Gothic", "TakaoPGothic", "VL PGothic",
)  # fmt: skip
FILES = (
    "ipaexg",
    "ipagp",
    "ipag.",
    "notosanscjk",
    "notosansjp",
    "takaopgothic",
    "vl-pgothic",
    "yugoth",
    "meiryo",
    "msgothic",
)


@lru_cache(maxsize=1)
def japanese_font() -> str | None:
    """The name of an installed family with Japanese letters, or None.

    Matplotlib remembers the fonts that it saw when it first ran; a font installed later is looked for on the system.
    """
    from matplotlib import font_manager

    known = {font.name for font in font_manager.fontManager.ttflist}
    for family in FAMILIES:
        if family in known:
            return family
    for path in sorted(font_manager.findSystemFonts()):
        if Path(path).name.lower().startswith(FILES):
            font_manager.fontManager.addfont(path)
            return font_manager.FontProperties(fname=path).get_name()
    return None
