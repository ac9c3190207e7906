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
    """Return the errors in ``files``, one line each; a pyproject.toml without the table ``[tool.loganalyzer]`` is fine."""
    rules, wrong = load_rules(), []
    for file in files:
        try:
            # check the file alone, without the environment
            load(file, environment={}, rules=rules)
        except ConfigError as error:
            message = str(error)
            wrong.append(message if file in message else f"{file}: {message}")
    return wrong


def main(files: Sequence[str]) -> int:
    """Return 0 if every file is valid, else 2 after printing the errors on standard error."""
    wrong = check(files)
    for line in wrong:
        print(line, file=sys.stderr)
    return 2 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
