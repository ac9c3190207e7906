"""Completion in a shell: ``eval "$(_ANALYZE_LOGS_COMPLETE=bash_source analyze-logs)"`` (or zsh_source, fish_source)."""

from __future__ import annotations

from collections.abc import Mapping

from loganalyzer.cli.commands import COMPLETION, chosen


def complete(environment: Mapping[str, str]) -> int:
    """Print what the shell asks for, of the command that the words typed so far choose; return the exit code."""
    from click.shell_completion import shell_complete

    words = environment.get("COMP_WORDS", "").split()
    command, _ = chosen(words[1:2])
    return shell_complete(command, {"obj": []}, "analyze-logs", COMPLETION, environment[COMPLETION])
