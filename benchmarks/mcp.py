"""What an agent pays for asking about 10,000 runs: size and seconds of each answer over a real connection -> benchmarks/mcp.md.

The runs are those of ``sample_runs/`` that are a single table, copied under other names. The server is a process of its own,
asked by the client of the official SDK over standard input and output; the first question analyses, the later ones find what
was analysed, until one log changes.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path
from time import perf_counter, sleep

from mcp import Client, StdioServerParameters

from loganalyzer.cli.mcp.answers import PAGE
from loganalyzer.discovery.tree import SETTLED_SECONDS
from loganalyzer.reports.brief import MOST_TOKENS, tokens

ROOT = Path(__file__).resolve().parents[1]
QUESTIONS: tuple[tuple[str, dict[str, object]], ...] = (
    ("analyze", {}),
    ("analyze", {}),
    ("analyze", {"lang": "ja"}),
    ("list_runs", {"limit": 200}),
    ("list_runs", {"limit": 200, "offset": 9_000}),
    ("list_runs", {"verdict": "diverging"}),
    ("analyze", {"run": "night/00000"}),
    ("analyze", {"path": "night/00001"}),
    ("explain", {"rule": "overfitting"}),
    ("next_run", {"run": "night/00001"}),
    ("compare", {"before": "night/00000", "now": "night/00001"}),
    ("compare", {"before": "night/00000", "now": "night/00001"}),
)
AFTER_A_CHANGE: tuple[tuple[str, dict[str, object]], ...] = (("analyze", {}), ("analyze", {}))
"""Asked when one log has got another line."""


def copies(folder: Path, count: int) -> Path:
    """So many runs below ``folder/runs/night``."""
    samples = sorted(run for run in (ROOT / "sample_runs").iterdir() if list(run.glob("*.csv")))
    for number in range(count):
        target = folder / "runs" / "night" / f"{number:05}"
        target.mkdir(parents=True)
        for file in samples[number % len(samples)].iterdir():
            if file.suffix in (".csv", ".json"):
                shutil.copy(file, target)
    return folder / "runs"


def written(runs: Path) -> None:
    """One log gets its last line once more; then so much time passes that its time says when it changes again."""
    log = next((runs / "night" / "00000").glob("*.csv"))
    log.write_text(log.read_text() + log.read_text().splitlines()[-1] + "\n")
    sleep(SETTLED_SECONDS)


async def asked(runs: Path) -> list[str]:
    """A row for each question."""
    own = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}
    command = ["-m", "loganalyzer", "mcp", str(runs)]
    server = StdioServerParameters(command=sys.executable, args=command, env=own, cwd=ROOT)
    rows = []
    async with Client(server, read_timeout_seconds=1_200) as client:
        for number, (name, given) in enumerate((*QUESTIONS, *AFTER_A_CHANGE)):
            changed = number == len(QUESTIONS)
            if changed:
                written(runs)
            begin = perf_counter()
            result = await client.call_tool(name, given)
            seconds = perf_counter() - begin
            text = "".join(getattr(part, "text", "") for part in result.content)
            assert not result.is_error, text
            assert len(text) <= PAGE
            options = ", ".join(f"{key}={value}" for key, value in given.items())
            when = ", one log changed" if changed else ""
            rows.append(f"| `{name}({options})`{when} | {seconds:.2f} | {len(text.encode()):,} | {tokens(text):,} |")
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10_000)
    count = parser.parse_args().runs
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        rows = asyncio.run(asked(copies(Path(folder), count)))
    lines = [
        "# The MCP server over many runs",
        "",
        f"Made by `python -m benchmarks.mcp --runs {count}`: {count:,} runs, over standard input and output. Machine: "
        f"{platform.machine()}, {os.cpu_count()} cores,",
        f"Python {platform.python_version()}, load average at the start {load:.1f}. A token is four ASCII characters or one other "
        "character.",
        "",
        "| question, in this order | seconds | bytes | tokens |",
        "|---|--:|--:|--:|",
        *rows,
        "",
        f"No answer is longer than {PAGE:,} characters, and that about all runs is below {MOST_TOKENS:,} tokens, "
        "whatever there is; longer ones come in pages.",
    ]
    Path(__file__).with_suffix(".md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
