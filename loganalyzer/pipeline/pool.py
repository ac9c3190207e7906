"""Distribute jobs over an executor where it pays; if a worker dies, only its current task is retried."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Protocol, TypeVar

from loganalyzer.model.errors import LogAnalyzerError
from loganalyzer.model.record import Record

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future, ProcessPoolExecutor

PAYS_BYTES = 24 * 2**20
PAYS_JOBS = 256
"""A small job takes 3 to 5 ms, starting a worker with all its imports as long as 60 to 100 of them."""
TASK_SECONDS = 1.0
"""How long a task should last: long compared with the cost of sending it, short enough for a smooth progress bar."""
OPENING_BYTES = 512 * 2**10
"""The cost of a job besides reading (opening files, diagnosing), expressed in bytes read."""
FIRST_TASK = 8 * 2**20
MOST_JOBS, MOST_BYTES = 2000, 256 * 2**20


class Sized(Protocol):
    """A job that knows its approximate size."""

    @property
    def size(self) -> int:
        """Bytes to read."""


Work = TypeVar("Work", bound=Sized)
Answer = TypeVar("Answer")


def map_jobs(
    function: Callable[[Work], Answer],
    jobs: Sequence[Work],
    *,
    lost: Callable[[Work], Answer],
    workers: int | None = None,
    executor: Executor | None = None,
    width: int | None = None,
) -> Iterator[Answer]:
    """Yield ``function`` of every job, in the order of ``jobs``, as results become ready.

    ``workers`` processes are used where the work is large enough to pay for starting them (None: one per core);
    ``executor`` is used instead where given, ``width`` is how many tasks it runs at a time. A task lasts about a
    second, and only a few for each worker are under way, so that the memory here does not grow with ``jobs``.

    A worker that dies (killed for its memory, say) takes its task with it: each job of that task is tried once more,
    one at a time; for a job that kills its worker again the result is that of ``lost``.
    """
    count = workers or len(os.sched_getaffinity(0))
    if executor is None and (count < 2 or not _pays(jobs)):
        yield from map(function, jobs)
        return
    lanes = _Lanes(executor, count)
    try:
        yield from _stream(function, jobs, lanes, width or count, lost)
    except BaseException:  # Ctrl-C, or the caller stopped iterating: unfinished work is of no use
        lanes.stop()
        raise
    lanes.close()


def cost(job: Sized) -> int:
    """Return the expected cost of a job, in bytes read."""
    return job.size + OPENING_BYTES


def killed(error: BaseException) -> bool:
    """Return True if ``error`` means that a worker died, for the executors of any library."""
    from concurrent.futures import BrokenExecutor

    return isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker"


class Pace:
    """Adaptive size of tasks, learnt from completed ones."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._per_second: float | None = None

    def learn(self, cost: int, seconds: float) -> None:
        """Record that a task of that cost took that long; recent ones count most."""
        speed = cost / max(seconds, 1e-3)
        self._per_second = speed if self._per_second is None else (self._per_second + speed) / 2

    def take(self, jobs: Sequence[Work], start: int) -> list[Work]:
        """Return the next task: about a second of work, less near the end so that all workers finish together."""
        wanted = FIRST_TASK if self._per_second is None else self._per_second * TASK_SECONDS
        share = max(FIRST_TASK // OPENING_BYTES, (len(jobs) - start) // (2 * self._width))
        task: list[Work] = []
        total = size = 0
        for job in islice(jobs, start, start + min(share, MOST_JOBS)):
            if task and (total + cost(job) > wanted or size + job.size > MOST_BYTES):
                break
            task.append(job)
            total, size = total + cost(job), size + job.size
        return task


class Workers(Record):
    """Configured workers: ``processes`` of our own (None: as many as there are cores), or an executor's ``width`` tasks."""

    processes: int | None = 1
    executor: Executor | None = None
    width: int | None = None

    def map(
        self, function: Callable[[Work], Answer], jobs: Sequence[Work], *, lost: Callable[[Work], Answer]
    ) -> Iterator[Answer]:
        """Call ``map_jobs`` with these workers."""
        return map_jobs(function, jobs, lost=lost, workers=self.processes, executor=self.executor, width=self.width)


class _Lanes:
    """Execution of tasks: by the given executor, or by our own processes, which are restarted when they break."""

    def __init__(self, given: Executor | None, count: int) -> None:
        self._count = count
        self._given = given
        self._own: ProcessPoolExecutor | None = None
        self._single: ProcessPoolExecutor | None = None

    def submit(self, function: Callable[[Work], Answer], task: list[Work]) -> Future[tuple[list[Answer], float]]:
        from concurrent.futures import BrokenExecutor

        if self._given is not None:
            try:
                return self._given.submit(_each, function, task)
            except BrokenExecutor:
                self._given = None
        if self._own is None:
            self._own = _pool(self._count)
        try:
            return self._own.submit(_each, function, task)
        except BrokenExecutor:
            self._own = _pool(self._count)
            return self._own.submit(_each, function, task)

    def again(
        self, function: Callable[[Work], Answer], job: Work, lost: Callable[[Work], Answer], *, here: bool
    ) -> Answer:
        """Retry one job alone: with ``here`` in a process of its own, else by the executor again."""
        if not here and self._given is not None:
            lane: Executor = self._given
        else:
            lane = self._single = self._single or _pool(1)
        try:
            return lane.submit(_each, function, [job]).result()[0][0]
        except Exception as error:
            if not killed(error):
                raise
            if lane is self._single:
                self._single = None
            return lost(job)

    def cancel(self, futures: Iterable[Future[tuple[list[Answer], float]]]) -> None:
        """Cancel tasks of the given executor; our own pool cancels its tasks itself when it is stopped.

        A task of a ``ProcessPoolExecutor`` that is cancelled from outside, just before its workers end, makes the
        thread of the pool fail and print a traceback (seen with Python 3.11).
        """
        if self._given is not None:
            for future in futures:
                future.cancel()

    def close(self) -> None:
        for pool in (self._own, self._single):
            if pool is not None:
                pool.shutdown()

    def stop(self) -> None:
        for pool in (self._own, self._single):
            if pool is not None:
                _stop(pool)


def _stream(
    function: Callable[[Work], Answer], jobs: Sequence[Work], lanes: _Lanes, width: int, lost: Callable[[Work], Answer]
) -> Iterator[Answer]:
    from concurrent.futures import BrokenExecutor, CancelledError

    pace = Pace(width)
    ahead = 2 * width + 2
    running: deque[tuple[list[Work], Future[tuple[list[Answer], float]]]] = deque()
    start = 0
    try:
        while start < len(jobs) or running:
            while start < len(jobs) and len(running) < ahead:
                task = pace.take(jobs, start)
                running.append((task, lanes.submit(function, task)))
                start += len(task)
            task, future = running.popleft()
            try:
                answers, seconds = future.result()
            except CancelledError as error:
                raise LogAnalyzerError("the executor gave up its work; was the scheduler stopped?") from error
            except Exception as error:
                if not killed(error):
                    raise
                here = isinstance(error, BrokenExecutor)
                yield from (lanes.again(function, job, lost, here=here) for job in task)
                continue
            pace.learn(sum(map(cost, task)), seconds)
            yield from answers
    except BaseException:
        lanes.cancel(future for _, future in running)
        raise


def _pays(jobs: Sequence[Sized]) -> bool:
    return len(jobs) > 1 and (len(jobs) >= PAYS_JOBS or sum(job.size for job in jobs) >= PAYS_BYTES)


def _pool(workers: int) -> ProcessPoolExecutor:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    # forking is fast and safe as long as no other thread holds a lock
    method = "fork" if threading.active_count() == 1 and "fork" in multiprocessing.get_all_start_methods() else "spawn"
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context(method), initializer=_begin_worker)


def _begin_worker() -> None:
    """Prepare a worker to end when it is told to, or when its parent is gone, however that ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # reaches all processes of a terminal, only the main one handles it
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)  # a forked worker has the handlers of its parent
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    from multiprocessing import parent_process
    from multiprocessing.connection import wait

    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(0)


def _stop(pool: ProcessPoolExecutor) -> None:
    processes = list((getattr(pool, "_processes", None) or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()


def _each(function: Callable[[Work], Answer], task: list[Work]) -> tuple[list[Answer], float]:
    """Run a task; return its results and its duration in seconds."""
    start = time.perf_counter()
    answers = [function(job) for job in task]
    return answers, time.perf_counter() - start
