"""A report from runs that stream by: the counts of all, the worst of them, the sweeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from loganalyzer.diagnosis.sweeps import compare
from loganalyzer.model.outcome import Verdict
from loganalyzer.model.report import Diagnosis, Group, Tally
from loganalyzer.model.run import PassedOver, Unread
from loganalyzer.pipeline.analyze import Report, unmatched
from loganalyzer.pipeline.projection import Shaped, Worst


def gather(
    items: Iterable[Shaped | Unread | PassedOver],
    roots: Iterable[str],
    *,
    most: int | None,
    each: Callable[[Shaped], None],
    roles: Iterable[str] = (),
) -> Report:
    """The report of what streams by: the ``most`` worst runs (None: all), the counts of all, groups if compared.

    ``each`` sees every run once, in the order of the stream; ``roles`` are the globs that were asked for.
    """
    worst = Worst(most)
    verdicts: Counter[Verdict] = Counter()
    attention: Counter[Verdict] = Counter()
    members: list[Diagnosis] = []
    unread: list[Unread] = []
    passed_over: list[PassedOver] = []
    used: set[str] = set()
    for item in items:
        if isinstance(item, Unread):
            unread.append(item)
            continue
        if isinstance(item, PassedOver):
            passed_over.append(item)
            continue
        each(item)
        used.update(item.patterns)
        verdicts[item.verdict] += 1
        attention[item.verdict] += item.attention
        if item.packed:
            worst.offer(item)
        if item.member is not None:
            members.append(item.member)
    runs = worst.unpacked()
    kept = Tally.of(runs)
    unread.sort(key=lambda u: u.file)
    members.sort(key=lambda d: d.id)
    groups: tuple[Group, ...] = compare(members)
    return Report(
        roots=tuple(roots),
        runs=tuple(runs),
        unread=tuple(unread),
        groups=groups,
        warnings=unmatched(roles, used) if verdicts else (),
        left_out=Tally(+(verdicts - Counter(kept.verdicts)), +(attention - Counter(kept.attention))),
        passed_over=tuple(passed_over),
    )
