"""What the orders of a file change, decided from what is known; touches nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from smtpd_billbee.formats.order_files import Complaint
from smtpd_billbee.model.order import KeptOrder, Order
from smtpd_billbee.work.fates import compare
from smtpd_billbee.work.filling import filled_beside, has_amounts, reconciled, sum_problem
from smtpd_billbee.work.ready import ReadyOrder


@dataclass(frozen=True, slots=True)
class Merge:
    """A known order as it is with what the file adds (`added`, by path), and what somebody should look at."""

    known: KeptOrder
    order: Order
    added: Mapping[str, Any]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """New orders, known ones to be changed, and how many are known as they are."""

    new: tuple[ReadyOrder, ...]
    merges: tuple[Merge, ...] = ()
    duplicates: int = 0
    complaints: tuple[Complaint, ...] = field(default=())


def planned(orders: Sequence[ReadyOrder], known: Mapping[str, KeptOrder]) -> Plan:
    """What becomes of these orders; `known` are those of the shop, by number."""
    new = tuple(ready for ready in orders if ready.order.number not in known)
    complaints: list[Complaint] = []
    merges: list[Merge] = []
    duplicates = 0
    for ready in orders:
        kept = known.get(ready.order.number)
        if kept is not None and kept.order == ready.order:
            duplicates += 1
        elif kept is not None:
            merge, differences = _merge(kept, ready)
            complaints += [Complaint(ready.line, f"order {ready.order.number}: {each}") for each in differences]
            if merge.added or merge.problems:
                merges.append(merge)
            else:
                duplicates += 1
    return Plan(new, tuple(merges), duplicates, tuple(complaints))


def _merge(known: KeptOrder, ready: ReadyOrder) -> tuple[Merge, Sequence[str]]:
    """The file fills what is lacking, but nothing beside what it contradicts; both values of that are told."""
    # The file has no column for the total: what was made of its parts contradicts nobody.
    theirs = reconciled(known.order, replace(ready.order, total=None))
    clashes = compare(known.order, theirs)
    whole, added = filled_beside(known.order, theirs, clashes)
    if has_amounts(added) and (problem := sum_problem(whole)):
        clashes = (*clashes, problem)
        whole, added = filled_beside(known.order, theirs, clashes)
    differences = [f"the file differs: {each}" for each in clashes]
    problems = [*differences, *(ready.problems if added else ())]
    return Merge(known, whole, added, tuple(each for each in problems if each not in known.problems)), differences
