"""Entry point: every call ends with one of the documented exit codes, never with a traceback."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import click

from loganalyzer.cli.command import command
from loganalyzer.cli.errors import complain, language, of_click
from loganalyzer.model.errors import LogAnalyzerError, Message
from loganalyzer.model.exit_code import ExitCode


def main() -> NoReturn:
    """Run ``analyze-logs`` with the arguments of this process, and exit."""
    sys.exit(_code(sys.argv[1:]))


def _code(arguments: list[str]) -> int:
    try:
        code = command.main(arguments, prog_name="analyze-logs", standalone_mode=False, obj=arguments)
    except click.ClickException as error:
        from loganalyzer.messages.errors import translate

        lang = language(arguments)
        complain(of_click(error, command, lang), lang)
        print(translate(Message("analyze-logs --help shows all options"), lang), file=sys.stderr)
        return ExitCode.USAGE
    except (click.Abort, KeyboardInterrupt):
        complain(Message("interrupted; nothing was left half-written"), language(arguments))
        return ExitCode.INTERRUPTED
    except LogAnalyzerError as error:
        complain(error.message, language(arguments))
        return ExitCode.USAGE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.DONE
    except Exception as error:
        if os.environ.get("LOGANALYZER_DEBUG"):
            raise
        text = "internal error ({reason}); this is a bug of ours. Set LOGANALYZER_DEBUG=1 for the details to report."
        complain(Message(text, {"reason": f"{type(error).__name__}: {error}"}), language(arguments))
        return ExitCode.INTERNAL
    return code if isinstance(code, int) else ExitCode.DONE
