#!/usr/bin/env python3
"""Sources of the documentation site: the repository's own pages, and those made from rules, schema and docstrings.

Nothing is written twice: a rule's page is that of ``--explain`` with the chart of a sample run that has it, the
configuration keys come from the JSON Schema, the API from ``loganalyzer.__all__``. The layout of the repository is kept, so
links that work there work on the site.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import loganalyzer
from loganalyzer import messages
from loganalyzer.cli.pages import explain
from loganalyzer.messages import LANGUAGES, Lang
from loganalyzer.messages.errors import translate
from loganalyzer.model.errors import Message
from loganalyzer.model.outcome import Status
from loganalyzer.model.verdicts import Verdict
from loganalyzer.reports import figure_files
from loganalyzer.rules.registry import load_rules

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "build" / "site-source"
PAGES = (
    "*.md", "LICENSE", "action.yml", "docs/*", "benchmarks/*.md", "benchmarks/*.png", "sample_runs/*.md",
    "sample_runs/**/*.py", "reports/examples/**/*", "examples/**/*", "integrations/*",
    "loganalyzer/reports/json_schema.json", "loganalyzer/config/schema.json", "loganalyzer/reports/diff/*.json",
)  # fmt: skip
"""What pages and their links show."""
CONFIGURATION: dict[Lang, tuple[str, str]] = {
    "en": ("Every key of the configuration", "| key | default | meaning |"),
    "ja": ("設定のすべてのキー", "| キー | 既定値 | 意味 |"),
}
"""Title and head of the table of the configuration."""


def main() -> None:
    """Write ``build/site-source`` anew."""
    shutil.rmtree(TARGET, ignore_errors=True)
    for pattern in PAGES:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                copy = TARGET / path.relative_to(ROOT)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copy)
    rules = TARGET / "rules"
    rules.mkdir()
    report = loganalyzer.analyze(str(ROOT / "sample_runs"))
    schema = json.loads((ROOT / "loganalyzer/config/schema.json").read_text(encoding="utf-8"))
    for lang in LANGUAGES:
        ending = "" if lang == "en" else f".{lang}"
        (TARGET / f"configuration_keys{ending}.md").write_text(configuration(schema, lang), encoding="utf-8")
        shown = pictures(report, rules / lang, lang)
        for name, text in rule_pages(shown, lang).items():
            (rules / name).write_text(text, encoding="utf-8")
    (TARGET / "api.md").write_text(api(loganalyzer.__all__), encoding="utf-8")


def pictures(report: loganalyzer.Report, folder: Path, lang: Lang) -> dict[str, str]:
    """Draw the sample runs; return, for each rule, the chart of the first one that it judges or was found in, by rule id."""
    drawn = {path.stem: path for path in figure_files.write(report, folder, lang) if path.suffix == ".svg"}
    shown: dict[str, str] = {}
    for run in report.runs:
        stem = figure_files.file_stem(run.id)
        if stem in drawn:
            shown.setdefault(run.deciding, f"{lang}/{stem}.svg")
    for run in report.runs:
        stem = figure_files.file_stem(run.id)
        for outcome in run.outcomes:
            if outcome.status is Status.FOUND and stem in drawn:
                shown.setdefault(outcome.rule, f"{lang}/{stem}.svg")
    return shown


def rule_pages(shown: dict[str, str], lang: Lang) -> dict[str, str]:
    """Return file name -> Markdown: a page for each rule, and an index of them, those that give a verdict first."""
    ending = ".md" if lang == "en" else f".{lang}.md"
    rules = sorted(load_rules(), key=lambda rule: (rule.verdict is None, rule.id not in {*Verdict}))
    pages = {f"{rule.id}{ending}": rule_page(rule.id, lang, shown.get(rule.id)) for rule in rules}
    index: list[str] = []
    for heading, chosen in (
        ("verdicts", [rule for rule in rules if rule.verdict is not None]),
        ("findings", [rule for rule in rules if rule.verdict is None]),
    ):
        index.append(f"\n{'##' if index else '#'} {messages.ui('pages', heading, lang).rstrip(':：')}\n")
        for rule in chosen:
            index.append(f"- [{messages.title(rule.id, lang)}]({rule.id}{ending}): {messages.meaning(rule.id, lang)}")
            if heading == "verdicts" and rule.id in shown:
                index.append(f"\n    [![{messages.title(rule.id, lang)}]({shown[rule.id]})]({rule.id}{ending})\n")
    return {**pages, f"index{ending}": "\n".join(index) + "\n"}


def rule_page(rule_id: str, lang: Lang, picture: str | None) -> str:
    """Return the page of ``--explain`` as Markdown: its unindented lines but the sentence on top become headings."""
    title, _, sentence, *lines = unwrapped(explain(rule_id, lang).replace("<", "&lt;").splitlines())
    page = [f"# {title}", "", sentence]
    if picture:
        page += ["", f"![{title}]({picture})"]
    for line in lines:
        text = line.strip()
        if text and not line.startswith(" "):
            page.append(f"\n## {text.rstrip(':：')}\n")
        elif line.startswith("  ") and not line.startswith("    "):  # a limit: "  name = 0.15  meaning"
            page.append(f"- {text}")
        else:
            page.append(text)
    return "\n".join(page) + "\n"


def unwrapped(lines: list[str]) -> list[str]:
    """Join what was wrapped for a terminal: lines of one indent, and what hangs below the entry of a list.

    Japanese has no spaces: none is put between two of its characters.
    """
    found: list[str] = []
    for line in lines:
        text, indent = line.strip(), len(line) - len(line.lstrip())
        before = found[-1] if found else ""
        entry = before.lstrip().startswith("- ") or 2 <= len(before) - len(before.lstrip()) < 4
        hangs = len(before) - len(before.lstrip()) + (0 if not entry else 2 if before.lstrip().startswith("- ") else 4)
        if text and before.strip() and not text.startswith("- ") and indent == hangs:
            found[-1] += ("" if not before[-1].isascii() and not text[0].isascii() else " ") + text
        else:
            found.append(line)
    return found


def configuration(schema: dict[str, Any], lang: Lang) -> str:
    """Return a table of every key of the configuration, with those of its tables."""
    title, columns = CONFIGURATION[lang]
    lines = [f"# {title}", "", columns, "|---|---|---|"]

    def rows(prefix: str, properties: dict[str, Any]) -> None:
        for key, entry in properties.items():
            target = schema["$defs"][entry["$ref"].rsplit("/", 1)[-1]] if "$ref" in entry else entry
            values = f" ({', '.join(f'`{value}`' for value in target['enum'])})" if "enum" in target else ""
            meaning = translate(Message(entry.get("description") or target.get("description", "")), lang) + values
            default = f"`{json.dumps(entry['default'])}`" if "default" in entry else ""
            lines.append(f"| `{prefix}{key}` | {default} | {' '.join(meaning.split()).replace('|', chr(92) + '|')} |")
            rows(f"{prefix}{key}.", target.get("properties", {}))

    rows("", schema["properties"])
    return "\n".join(lines) + "\n"


def api(names: list[str]) -> str:
    """Return the page whose contents mkdocstrings takes from the docstrings."""
    entries = [f"::: {getattr(loganalyzer, n).__module__}.{n}" for n in names if n != "__version__"]
    return "\n\n".join(["# Python API", *entries, "::: loganalyzer.testing"]) + "\n"


if __name__ == "__main__":
    main()
