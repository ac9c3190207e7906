"""Check configuration files: ``python -m loganalyzer.config.check FILE ...``, the hook of ``.pre-commit-hooks.yaml``.

Unlike ``--show-config`` it takes any number of files, since pre-commit hands over all that match at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from loganalyzer.config.load import load
from loganalyzer.model.errors import ConfigError
from loganalyzer.rules.registry import load_rules


def check(files: Sequence[str]) -> list[str]:
    """What is wrong with ``files``, one line each; a pyproject.toml without the table ``[tool.loganalyzer]`` is fine."""
    rules, wrong = load_rules(), []
    for file in files:
        try:
            # the environment of the machine is no part of the file
            load(file, environment={}, rules=rules)
        except ConfigError as error:
            told = str(error)
            wrong.append(told if file in told else f"{file}: {told}")
    return wrong


def main(files: Sequence[str]) -> int:
    """0 where every file is right, else 2 with the reasons on standard error."""
    wrong = check(files)
    for line in wrong:
        print(line, file=sys.stderr)
    return 2 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
