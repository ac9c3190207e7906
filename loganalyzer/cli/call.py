"""Every call ends with one of the documented exit codes and at most one line of complaint, never with a traceback."""

from __future__ import annotations

import errno
import os
import signal
import sys
from contextlib import suppress

import click

from loganalyzer.cli.commands import COMPLETION, chosen, with_command
from loganalyzer.cli.errors import complain, language, of_click
from loganalyzer.cli.stops import Stops
from loganalyzer.cli.streams import Lenient
from loganalyzer.model.errors import LogAnalyzerError, Message
from loganalyzer.model.exit_code import ExitCode


def code_of(arguments: list[str], stops: Stops, out: Lenient) -> int:
    """Run the command; return the exit code of the process. ``out`` is standard output at its lowest level."""
    try:
        code = _answered(arguments)
        sys.stdout.flush()
    except click.ClickException as error:
        return _misused(error, arguments)
    except LogAnalyzerError as error:
        complain(with_command(error.message, arguments), language(arguments))
        return ExitCode.USAGE
    except (Exception, KeyboardInterrupt, SystemExit) as error:
        stops.acknowledged()
        if stops.received or isinstance(error, KeyboardInterrupt):  # libraries turn interrupts into errors of their own
            return _stopped(stops, arguments)
        return _failed(error, arguments)
    if out.failed:
        complain(Message("cannot write standard output: {reason}", {"reason": out.failed}), language(arguments))
        return code or ExitCode.OUTPUT
    return code


def _answered(arguments: list[str]) -> int:
    if os.environ.get(COMPLETION):
        from loganalyzer.cli.completion import complete

        return complete(os.environ)
    command, own = chosen(arguments)
    name = f"analyze-logs {command.word}".rstrip()
    code = command.main(own, prog_name=name, standalone_mode=False, obj=arguments)
    return code if isinstance(code, int) else ExitCode.DONE


def _misused(error: click.ClickException, arguments: list[str]) -> ExitCode:
    from loganalyzer.messages.errors import translate

    lang, (command, _) = language(arguments), chosen(arguments)
    complain(of_click(error, command, lang), lang)
    call = f"analyze-logs {command.word}".rstrip()
    print(translate(Message("{command} --help shows all options", {"command": call}), lang), file=sys.stderr)
    return ExitCode.USAGE


def _stopped(stops: Stops, arguments: list[str]) -> int:
    text = "ended by {signal}; nothing was left half-written"
    name = signal.Signals(stops.received or signal.SIGINT).name
    complain(Message(text, {"signal": name}), language(arguments))
    return stops.code or ExitCode.INTERRUPTED


def _failed(error: BaseException, arguments: list[str]) -> ExitCode:
    if os.environ.get("LOGANALYZER_DEBUG"):
        import traceback

        traceback.print_exception(error)
    elif _lacks_memory(error):
        complain(Message("there is not enough memory to go on"), language(arguments))
    else:
        text = "internal error ({reason}); please report it. Set LOGANALYZER_DEBUG=1 for the details."
        complain(Message(text, {"reason": f"{type(error).__name__}: {error}"}), language(arguments))
        with suppress(Exception):  # metadata may be as broken as the rest
            from loganalyzer.cli.version import warn_of_others

            warn_of_others(language(arguments))
    return ExitCode.INTERNAL


def _lacks_memory(error: BaseException) -> bool:
    """Whether memory ran out; where it is limited, a library that cannot be loaded says so in words of its own."""
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return True
    if not isinstance(error, ImportError):
        return False
    with suppress(ImportError):  # not on Windows
        import resource

        return resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY
    return False
