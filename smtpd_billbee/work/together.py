"""Several small mails in one visit to a child: handing over cost as much as a good part of the reading.

A child may die of one of them, or take too long over it: then each is read by itself, and only that one is unreadable.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from smtpd_billbee.work.storable import storable

T = TypeVar("T")
R = TypeVar("R")

SMALL = 64 * 1024  # octets; a larger mail comes alone
MOST = 16  # in one visit
SECONDS = 3.0  # for one visit; whoever takes longer is asked alone, with the time that a mail has


def each_of(work: Callable[..., R], things: Sequence[tuple[object, ...]]) -> list[R | None]:
    """Run in the child: what `work` makes of each, as a database takes it; None where it fails."""
    return [_made(work, thing) for thing in things]


def one_of(work: Callable[..., R], *thing: object) -> R:
    """The same of one alone, failures and all."""
    return storable(work(*thing))


def _made(work: Callable[..., R], thing: tuple[object, ...]) -> R | None:
    try:
        return one_of(work, *thing)
    except Exception:  # it is told, and logged, when this one is asked alone
        return None


@dataclass(slots=True, eq=False)
class _Waiting(Generic[T, R]):
    thing: T
    made: "asyncio.Future[R | None]"
    visit: "_Visit[T, R] | None" = None


@dataclass(frozen=True, slots=True)
class _Visit(Generic[T, R]):
    task: "asyncio.Task[None]"
    group: Sequence[_Waiting[T, R]]


class Together(Generic[T, R]):
    """Hands over together what waits at the same moment.

    `visit` takes several things to a child, and brings None for each that is to be asked alone.  At most `visits` are
    under way at once: what comes meanwhile waits for the next one, and whoever comes alone goes alone.
    """

    def __init__(self, visit: Callable[[Sequence[T]], Awaitable[Sequence[R | None]]], visits: int) -> None:
        self._visit = visit
        self._visits = visits
        self._waiting: deque[_Waiting[T, R]] = deque()
        self._under_way: set[asyncio.Task[None]] = set()

    async def put(self, thing: T) -> R | None:
        """What was made of it; None: ask alone."""
        loop = asyncio.get_running_loop()
        waiting: _Waiting[T, R] = _Waiting(thing, loop.create_future())
        self._waiting.append(waiting)
        loop.call_soon(self._set_off)  # after all that come in this moment
        try:
            return await waiting.made
        except asyncio.CancelledError:
            if waiting.visit and all(each.made.done() for each in waiting.visit.group):
                waiting.visit.task.cancel()  # nobody waits for any of them
            raise

    def _set_off(self) -> None:
        while self._waiting and len(self._under_way) < self._visits:
            free = self._visits - len(self._under_way)
            size = min(MOST, -(-len(self._waiting) // free), len(self._waiting))
            group = [self._waiting.popleft() for _ in range(size)]
            if group := [each for each in group if not each.made.done()]:  # nobody waits for the others any more
                task = asyncio.get_running_loop().create_task(self._go(group))
                self._under_way.add(task)
                task.add_done_callback(self._come_back)
                visit = _Visit(task, group)
                for each in group:
                    each.visit = visit

    def _come_back(self, task: "asyncio.Task[None]") -> None:
        self._under_way.discard(task)
        self._set_off()

    async def _go(self, group: Sequence[_Waiting[T, R]]) -> None:
        made: Sequence[R | None] = [None] * len(group)
        try:
            made = await self._visit([each.thing for each in group])
        finally:
            for each, its in zip(group, made, strict=True):
                each.visit = None  # they would hold each other, with mail and reading, until a collection comes
                if not each.made.done():
                    each.made.set_result(its)
