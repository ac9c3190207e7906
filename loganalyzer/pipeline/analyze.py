"""Find, read, ask, gather: the whole way from paths to a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from os import PathLike
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from loganalyzer.diagnosis.sweeps import compare
from loganalyzer.discovery.discover import MOST_NAMES, discover
from loganalyzer.discovery.job import Job
from loganalyzer.discovery.roots import local_paths
from loganalyzer.model.errors import Message, UsageError, nearest
from loganalyzer.model.report import Analysis, Diagnosis, Tally
from loganalyzer.model.run import Note, PassedOver, Run, Unread
from loganalyzer.pipeline.read_job import read_job
from loganalyzer.readers.base import MAX_FILE_BYTES

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from pathlib import Path

    from loganalyzer.messages import Lang
    from loganalyzer.pipeline.cache.results import Memory

Shaped = TypeVar("Shaped")
Paths = str | PathLike[str] | Iterable[str | PathLike[str]]


@dataclass(frozen=True)
class Options:
    """How to read and judge: overridden limits per rule, roles by glob, and the bounds of reading.

    ``limits`` maps a rule id to its overridden limits; ``roles`` maps globs over series names to roles;
    ``max_bytes`` is the most that is read of one file; ``keep_series`` False drops the curves once they are judged.
    Of the files that were passed over, the first ``passed_over_names`` of each reason and ending are named (None: all).
    ``cache`` is a folder that remembers the answers of runs whose files, settings and analysis did not change.
    """

    limits: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    max_bytes: int = MAX_FILE_BYTES
    follow_links: bool = False
    keep_series: bool = True
    cache: str | PathLike[str] | None = None
    passed_over_names: int | None = MOST_NAMES


@dataclass(frozen=True, eq=False)
class Report(Analysis):
    """What ``analyze`` found out; shows itself in a notebook, and in words when printed."""

    def __repr__(self) -> str:
        return f"<Report: {self.tally.total} runs, {self.tally.sick} need attention>"

    def __str__(self) -> str:
        from loganalyzer.reports.summary import summary

        return summary(self, "en")

    def to_dict(self, lang: Lang = "en") -> dict[str, Any]:
        """The document of ``to_json`` as Python data."""
        from loganalyzer.model.version import VERSION
        from loganalyzer.reports import json

        return json.as_dict(self, lang=lang, version=VERSION)

    def to_json(self, lang: Lang = "en") -> str:
        """Strict JSON, schema ``loganalyzer/1``."""
        from loganalyzer.model.version import VERSION
        from loganalyzer.reports import json

        return json.render(self, lang=lang, version=VERSION)

    def to_html(self, lang: Lang = "en", *, figures_for: str = "auto") -> str:
        """One self-contained HTML page; above 200 runs with charts for healthy runs only if ``figures_for`` is "all"."""
        from loganalyzer.reports import html

        return html.render(self, lang=lang, figures_for=figures_for)

    def worst(self, most: int) -> Report:
        """The same with only the ``most`` worst runs; the others are counted in ``left_out``."""
        from loganalyzer.reports.order import worst_first

        if len(self.runs) <= most:
            return self
        ordered = worst_first(self.runs)
        kept = tuple(sorted(ordered[:most], key=lambda d: d.id))
        return replace(self, runs=kept, left_out=self.left_out + Tally.of(ordered[most:]))

    def _repr_html_(self) -> str:
        from loganalyzer.reports import notebook

        return notebook.render(self)


def load(path: Paths, *, max_bytes: int = MAX_FILE_BYTES, follow_links: bool = False) -> list[Run]:
    """All runs below ``path`` (a file, a folder, or several), as logged.

    Raises UsageError if a path does not exist. Files that cannot be read are left out; ``analyze`` lists them.
    """
    with discover(named(path), max_bytes=max_bytes, follow_links=follow_links) as found:
        jobs, _ = found.fetched(found.jobs)
        return [run for job in jobs for run in read_job(job)[0]]


def diagnose(run: Run, options: Options | None = None) -> Diagnosis:
    """Judge one run."""
    from loganalyzer.diagnosis import diagnose as engine  # ``load`` must not wait for it

    chosen = options or Options()
    return engine.diagnose(run, roles_overrides=chosen.roles, limits=chosen.limits)


def analyze(
    paths: Paths,
    *,
    options: Options | None = None,
    workers: int | None = 1,
    executor: Executor | None = None,
    width: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Find, read and judge every run below ``paths``.

    ``workers`` processes share the work where it pays (None: as many as there are cores); ``executor`` takes any
    ``concurrent.futures.Executor`` instead, which runs ``width`` tasks at a time. ``progress(done, total)`` is called
    after each piece of work.
    One file's or run's fault never costs another run: it is listed in ``Report.unread``.
    """
    runs: list[Diagnosis] = []
    unread: list[Unread] = []
    passed_over: list[PassedOver] = []
    for item in stream(
        paths, whole, options=options, workers=workers, executor=executor, width=width, progress=progress
    ):
        if isinstance(item, Unread):
            unread.append(item)
        elif isinstance(item, PassedOver):
            passed_over.append(item)
        else:
            runs.append(item)
    runs.sort(key=lambda d: d.id)
    unread.sort(key=lambda u: u.file)
    used = {pattern for d in runs for pattern in d.patterns}
    warnings = unmatched(options.roles, used) if options and runs else ()
    return Report(
        roots=tuple(named(paths)),
        runs=tuple(runs),
        unread=tuple(unread),
        groups=compare(runs),
        warnings=warnings,
        passed_over=tuple(passed_over),
    )


def unmatched(roles: Iterable[str], used: Iterable[str]) -> tuple[Note, ...]:
    """A warning for each glob of ``roles`` that matched no series of any run: most likely mistyped."""
    matched = set(used)
    return tuple(Note("role-unmatched", {"pattern": pattern}) for pattern in roles if pattern not in matched)


def stream(
    paths: Paths,
    shape: Callable[[Diagnosis], Shaped],
    *,
    options: Options | None = None,
    workers: int | None = 1,
    executor: Executor | None = None,
    width: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Shaped | Unread | PassedOver]:
    """``shape`` of every run's diagnosis as it becomes ready, and the files that gave no run; nothing is kept here.

    What was passed over comes first, counted by reason and ending.

    ``shape`` is called where the run is judged, so that it travels to other processes and only its answer comes back.
    The order is that of the jobs' names, whatever does the work. The other arguments are those of ``analyze``.
    """
    from loganalyzer.pipeline.pool import map_jobs

    chosen = options or Options()
    by: dict[str, Any] = {"workers": workers, "executor": executor, "width": width}
    judge = _Judge(chosen)
    with _memory(chosen) as memory:
        found = discover(
            named(paths),
            max_bytes=chosen.max_bytes,
            follow_links=chosen.follow_links,
            cache=memory,
            most_names=chosen.passed_over_names,
        )
        with found:
            yield from found.passed_over
            yield from found.unread
            if memory is None:
                jobs, gone = found.fetched(found.jobs)
                yield from gone
                work = map_jobs(_Shaping(judge, shape), jobs, lost=_lost, **by)
            else:
                work = memory.answers(found, judge, shape, lambda do, jobs, lost: map_jobs(do, jobs, lost=lost, **by))
            for done, (shaped, failures) in enumerate(work, start=1):
                yield from shaped
                yield from failures
                if progress:
                    progress(done, len(found.jobs))


@contextmanager
def _memory(options: Options) -> Iterator[Memory | None]:
    if options.cache is None:
        yield None
        return
    from loganalyzer.pipeline.cache.results import Memory

    memory = Memory(options.cache, limits=options.limits, roles=options.roles, keep_series=options.keep_series)
    try:
        yield memory
    finally:
        memory.close()  # what was found until an interrupt is worth keeping too


def whole(diagnosis: Diagnosis) -> Diagnosis:
    """The diagnosis itself: the shape of ``analyze``."""
    return diagnosis


@dataclass(frozen=True)
class _Judge:
    """What is to be found out of one job; a class so that it travels to another process."""

    options: Options

    def __call__(self, job: Job) -> tuple[list[Diagnosis], list[Unread]]:
        runs, unread = read_job(job)
        diagnoses = [diagnose(run, self.options) for run in runs]
        if not self.options.keep_series:
            diagnoses = [d.without_series() for d in diagnoses]
        return diagnoses, unread


@dataclass(frozen=True)
class _Shaping(Generic[Shaped]):
    """The same in the shape that is wanted."""

    judge: _Judge
    shape: Callable[[Diagnosis], Shaped]

    def __call__(self, job: Job) -> tuple[list[Shaped], list[Unread]]:
        diagnoses, unread = self.judge(job)
        return [self.shape(d) for d in diagnoses], unread


def _lost(job: Job) -> tuple[list[Any], list[Unread]]:
    return [], [Unread(job.files[0], Note("worker-lost"))]


def _similar(path: Path) -> Message | str:
    """Suggest a sibling of a missing ``path`` with a similar name; "" where there is none."""
    try:
        siblings = [p.name for p in path.parent.iterdir()]
    except OSError:
        return ""
    close = nearest(path.name, siblings)
    return Message("; did you mean {name}?", {"name": path.parent / close}) if close else ""


def named(paths: Paths) -> Sequence[str]:
    """The paths as texts. Raises UsageError if one of them does not exist here."""
    from pathlib import Path

    listed = [paths] if isinstance(paths, str | PathLike) else list(paths)
    for path in local_paths(map(str, listed)):
        if not Path(path).exists():
            raise UsageError("no such file or folder: {path}{hint}", path=path, hint=_similar(Path(path)))
    return [str(p) for p in listed]
