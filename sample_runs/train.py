"""Train small networks that go well, or go wrong for a known reason, and log them as people do.

Run `python sample_runs/train.py --list` to see the scenarios.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

try:
    from trainer import SCENARIOS, Config, Scenario, next_run, train
    from trainer import info as sample_info
    from trainer.data import NAMES, DataUnavailable
    from trainer.fixes import FIXES, apply
    from trainer.writers import FORMATS, make
except ModuleNotFoundError as error:
    sys.exit(
        f"train.py needs {error.name}, which is not installed: pip install '.[train]' in the folder above this one"
    )

EXAMPLES = """\
examples:
  python sample_runs/train.py --list
  python sample_runs/train.py --scenario overfitting-moderate --out runs
  python sample_runs/train.py --scenario overfitting-moderate --format tensorboard,csv,keras --seed 3 --out runs
  python sample_runs/train.py --scenario overfitting-moderate --fix add-dropout,early-stopping --out runs
  python sample_runs/train.py --scenario overfitting-moderate --apply next.toml --out runs
  python sample_runs/train.py --scenario converged-dropout --data mnist --device cuda --out runs
  python sample_runs/train.py --scenario all --device cpu --out runs

Each run goes to OUT/SCENARIO (or OUT/NAME), with an info.toml beside the log that says how it was made.
With several formats each goes to a folder of its own below that: the same training, the same numbers.
"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="train.py",
        description="Train small networks that go well, or go wrong for a known reason, and log them as people do.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    choice = parser.add_argument_group("what to train")
    choice.add_argument("--scenario", metavar="NAME", help="a scenario of --list, or `all`")
    choice.add_argument("--list", action="store_true", help="list the scenarios with the verdict each should get")
    choice.add_argument("--fix", metavar="NAME[,NAME]", default="", help="apply fixes first, in this order")
    choice.add_argument("--apply", type=Path, metavar="FILE", help="train as a file of analyze-logs --next says")
    choice.add_argument("--list-fixes", action="store_true", help="list the fixes")
    choice.add_argument("--data", choices=NAMES, help="train on other data than the scenario's")
    choice.add_argument("--data-dir", default="data", metavar="DIR", help="where torchvision keeps its data sets")
    choice.add_argument("--epochs", type=int, metavar="N", help="train for N epochs")
    choice.add_argument("--lr", type=float, metavar="RATE", help="train with another learning rate")
    choice.add_argument("--seed", type=int, default=0, metavar="N", help="seed of data split, weights and batches")
    where = parser.add_argument_group("where to train")
    where.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="auto takes the GPU if any")
    where.add_argument(
        "--amp",
        choices=("auto", "off", "bf16", "fp16"),
        default="auto",
        help="mixed precision; auto: bf16 or fp16 on the GPU, off on the CPU",
    )
    log = parser.add_argument_group("what to log")
    log.add_argument("--out", type=Path, default=Path("runs"), metavar="DIR", help="folder of the runs (runs)")
    log.add_argument("--name", metavar="NAME", help="folder of this run below OUT (the scenario's name)")
    log.add_argument(
        "--format",
        default="tensorboard",
        metavar="F[,F]",
        help=f"one or more of {', '.join(FORMATS)} (tensorboard)",
    )
    log.add_argument("--log-steps", action="store_true", help="TensorBoard: log the loss of every batch as well")
    return parser


def _listing() -> str:
    width = max(map(len, SCENARIOS))
    lines = []
    for scenario in SCENARIOS.values():
        verdict = " or ".join(scenario.expected) + (f" ({scenario.kind})" if scenario.kind else "")
        lines.append(f"{scenario.name:<{width}}  {verdict}\n{'':<{width}}    {scenario.see}")
    return "\n".join(lines)


def _names(given: str, known: Sequence[str], what: str, parser: argparse.ArgumentParser) -> tuple[str, ...]:
    names = tuple(name for name in given.split(",") if name)
    for name in names:
        if name not in known:
            parser.error(f"unknown {what} {name!r}; choose from: {', '.join(known)}")
    return names


def configure(scenario: Scenario, options: argparse.Namespace, fixes: Sequence[str]) -> Config:
    """Return the configuration of `scenario` with the command line's changes, the fixes, then `--apply`, applied."""
    config = replace(
        scenario.config,
        seed=options.seed,
        device=options.device,
        amp=options.amp,
        data_dir=options.data_dir,
        log_steps=options.log_steps,
    )
    if options.data:
        config = replace(config, data=options.data)
    if options.epochs is not None:
        config = replace(config, epochs=options.epochs)
    if options.lr is not None:
        config = replace(config, lr=options.lr)
    config = apply(fixes, config)
    return next_run.apply(next_run.load(options.apply), config) if options.apply else config


def _expectation(scenario: Scenario, options: argparse.Namespace, fixes: Sequence[str]) -> dict[str, object]:
    """Return what info.toml says of the verdict: what the scenario promises, or nothing where it was changed."""
    if fixes or options.apply or options.data or options.epochs is not None or options.lr is not None:
        return {"changed": True}
    known: dict[str, object] = {"expected": list(scenario.expected)}
    if scenario.kind:
        known["kind"] = scenario.kind
    return {**known, "see": scenario.see}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return 0, or 2 where a run could not be made."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.list or options.list_fixes:
        print(_listing() if options.list else "\n".join(f"{fix.name:<22}{fix.what}" for fix in FIXES.values()))
        return 0
    if not options.scenario:
        parser.error("--scenario NAME is needed (or --list)")
    if options.scenario == "all" and options.name:
        parser.error("--name goes with a single scenario")
    if options.epochs is not None and options.epochs < 1:
        parser.error("--epochs must be 1 or more")
    scenarios = (
        tuple(SCENARIOS) if options.scenario == "all" else _names(options.scenario, [*SCENARIOS], "scenario", parser)
    )
    fixes = _names(options.fix, [*FIXES], "fix", parser)
    formats = _names(options.format, FORMATS, "format", parser) or ("tensorboard",)
    command = shlex.join(["python", "sample_runs/train.py", *arguments])
    for name in scenarios:
        try:
            _run(SCENARIOS[name], options, fixes, formats, command)
        except (DataUnavailable, ValueError, ImportError, OSError) as error:
            print(f"train.py: {name}: {error}", file=sys.stderr)
            return 2
    return 0


def _run(
    scenario: Scenario,
    options: argparse.Namespace,
    fixes: Sequence[str],
    formats: tuple[str, ...],
    command: str,
) -> None:
    folder: Path = options.out / (options.name or scenario.name)
    if folder.exists() and any(folder.iterdir()):
        if not (folder / "info.toml").is_file():
            raise ValueError(f"{folder} holds files that this script did not write; choose another --out or --name")
        shutil.rmtree(folder)
    config = configure(scenario, options, fixes)
    result = train(config, make(formats, folder, by_step=config.evals_per_epoch > 1))
    expected = _expectation(scenario, options, fixes)
    sample_info.write(folder, sample_info.text(scenario, result, formats, command, expected))
    rows = len(result.history["lr"])
    final = "  ".join(f"{name} {value:.4g}" for name, value in result.final.items())
    print(f"{folder}: {rows} rows in {result.seconds:.1f} s on {result.device}: {final}")


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.exit(main())
