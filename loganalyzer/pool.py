"""Work spread over processes where it pays; a lost worker costs one piece of work, never the rest."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from itertools import islice
from typing import Protocol, TypeVar

BATCH_BYTES = 8 * 2**20
BATCH_JOBS = 16
PAYS_BYTES = 24 * 2**20
PAYS_JOBS = 48


class Sized(Protocol):
    """A piece of work that knows roughly how many bytes it is about."""

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
) -> Iterator[Answer]:
    """``function`` of every job, in the order of ``jobs``, as they become ready.

    ``workers`` processes are used where the work is large enough to pay for starting them (None: one per core);
    ``executor`` is used instead where given. A worker that dies (killed for its memory, say) takes its batch with it:
    each job of that batch is tried once more alone, and a job that kills its worker again is answered by ``lost``.
    """
    count = workers or len(os.sched_getaffinity(0))
    if executor is None and (count < 2 or not _pays(jobs)):
        yield from map(function, jobs)
        return
    batches = list(_batches(jobs))
    if executor is not None:
        yield from _stream(function, batches, executor, 4 * count, lost)
        return
    pool = _pool(count)
    try:
        yield from _stream(function, batches, pool, 4 * count, lost)
    except BaseException:  # Ctrl-C, or nobody listens any more: what is running is of no use
        _stop(pool)
        raise
    pool.shutdown()


def _pays(jobs: Sequence[Sized]) -> bool:
    return len(jobs) > 1 and (len(jobs) >= PAYS_JOBS or sum(job.size for job in jobs) >= PAYS_BYTES)


def _batches(jobs: Iterable[Work]) -> Iterator[list[Work]]:
    batch: list[Work] = []
    size = 0
    for job in jobs:
        batch.append(job)
        size += job.size
        if size >= BATCH_BYTES or len(batch) >= BATCH_JOBS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _pool(workers: int) -> ProcessPoolExecutor:
    # forking is fast and safe as long as no other thread holds a lock
    method = "fork" if threading.active_count() == 1 and "fork" in multiprocessing.get_all_start_methods() else "spawn"
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context(method), initializer=_leave_interrupts)


def _leave_interrupts() -> None:
    """Ctrl-C reaches all processes of a terminal; only the first one answers it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _stop(pool: ProcessPoolExecutor) -> None:
    processes = list((getattr(pool, "_processes", None) or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()


def _stream(
    function: Callable[[Work], Answer],
    batches: list[list[Work]],
    executor: Executor,
    ahead: int,
    lost: Callable[[Work], Answer],
) -> Iterator[Answer]:
    waiting = iter(batches)
    running: deque[tuple[list[Work], Future[list[Answer]]]] = deque()
    broken = False
    try:
        while True:
            for batch in islice(waiting, max(0, ahead - len(running))):
                try:
                    future = _failed() if broken else executor.submit(_each, function, batch)
                except BrokenExecutor:
                    broken, future = True, _failed()
                running.append((batch, future))
            if not running:
                return
            batch, future = running.popleft()
            try:
                answers = future.result()
            except BrokenExecutor:
                broken = True
                answers = [_alone(function, job, lost) for job in batch]
            yield from answers
    except BaseException:
        for _, future in running:
            future.cancel()
        raise


def _failed() -> Future[list[Answer]]:
    future: Future[list[Answer]] = Future()
    future.set_exception(BrokenExecutor("the pool is gone"))
    return future


def _each(function: Callable[[Work], Answer], batch: list[Work]) -> list[Answer]:
    return [function(job) for job in batch]


def _alone(function: Callable[[Work], Answer], job: Work, lost: Callable[[Work], Answer]) -> Answer:
    """One job in a process of its own, so that a job that kills its worker kills nothing else."""
    with _pool(1) as pool:
        try:
            return pool.submit(function, job).result()
        except BrokenExecutor:
            return lost(job)
