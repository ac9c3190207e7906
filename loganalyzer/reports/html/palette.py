"""The colours of the verdicts as CSS, for light and for dark paper: ``.v-<verdict>`` sets ``--v``."""

from __future__ import annotations

from loganalyzer.model.verdicts import VERDICTS


def verdict_style() -> str:
    """Return the CSS of all verdicts for the three themes of ``style.css``: light, dark by system, dark by choice."""
    by_system = ':root:not([data-theme="light"]) '
    by_choice = ':root[data-theme="dark"] '
    return "\n".join(
        [
            _rules(0, ""),
            f"@media screen and (prefers-color-scheme: dark) {{ {_rules(1, by_system)} }}",
            f"@media screen {{ {_rules(1, by_choice)} }}\n",
        ]
    )


def _rules(theme: int, below: str) -> str:
    own = " ".join(f"{below}.v-{verdict} {{ --v: {info.colours[theme]}; }}" for verdict, info in VERDICTS.items())
    named = " ".join(f"--{verdict}: {info.colours[theme]};" for verdict, info in VERDICTS.items())
    return f"{below.strip() or ':root'} {{ {named} }} {own}"
