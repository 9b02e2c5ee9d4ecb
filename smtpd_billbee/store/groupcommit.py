"""Many that wait share one commit: durability costs one flush for all of them (performance.md, section 1)."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
MOST = 200  # in one transaction
# Where several wait already, more are about to come.  One that waits alone never waits for others.
ENOUGH = 16  # so many do not wait for more
TURNS = 4  # of the loop: when none has come in so many, none is waited for
LINGER_SECONDS = 0.001  # at most: a turn in which others work may be long
INFINITE = float("inf")


@dataclass(slots=True, eq=False)
class _Waiting(Generic[T]):
    thing: T
    done: asyncio.Future[None]
    until: float  # the loop's time


class GroupCommit(Generic[T]):
    """Collects things and commits all that wait in one go.

    `commit` gets what waits, at most MOST at once, and returns when it is durable.  When a group fails, each of its
    members is tried alone, so that one bad one does not fail the others; but not when the error `is_for_all`.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[T]], Awaitable[None]],
        is_for_all: Callable[[Exception], bool] = lambda error: False,
    ) -> None:
        self._commit = commit
        self._is_for_all = is_for_all
        self._waiting: list[_Waiting[T]] = []
        self._patient: set[_Waiting[T]] = set()  # those of them, and of the group that is on its way, with a limit
        self._clock: asyncio.TimerHandle | None = None  # one for all: a timer for each costs more than its place here
        self._rung = asyncio.Event()
        self._closing = False

    async def put(self, thing: T, patience: float | None = None) -> None:
        """Wait until `thing` is durable.  A caller that is cancelled does not cancel the commit.

        Raises TimeoutError after `patience` seconds: then it is not committed, or its commit has begun and may succeed.
        """
        if self._closing:
            raise RuntimeError("no more commits: the server is stopping")
        loop = asyncio.get_running_loop()
        until = INFINITE if patience is None else loop.time() + patience
        waiting = _Waiting(thing, loop.create_future(), until)
        self._waiting.append(waiting)
        self._rung.set()
        if patience is not None:
            self._patient.add(waiting)
            if self._clock is None:
                self._clock = loop.call_at(until, self._look)
        try:
            await waiting.done  # cancelled, it only tells that nobody waits any more
        finally:
            self._patient.discard(waiting)
            del waiting  # as in _commit_group

    def _look(self) -> None:
        """Tell those that have waited long enough, and look again when the next one will have."""
        loop = asyncio.get_running_loop()
        now, self._clock = loop.time(), None
        for waiting in [each for each in self._patient if each.until <= now]:
            self._patient.discard(waiting)
            if waiting in self._waiting:
                self._waiting.remove(waiting)
            _fail(waiting.done, TimeoutError())
        if self._patient:
            self._clock = loop.call_at(min(each.until for each in self._patient), self._look)

    async def run(self) -> None:
        """Commit groups until close() was called and nothing waits."""
        while self._waiting or not self._closing:
            if not self._waiting:
                self._rung.clear()
                await self._rung.wait()
                continue
            await self._linger()
            group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            if group:  # the patience of all of them may just have ended
                await self._commit_group(group)
            del group  # whole mails: not to be kept until the next ones come

    def close(self) -> None:
        """Let run() end after what waits."""
        self._closing = True
        self._rung.set()

    async def _linger(self) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + LINGER_SECONDS
        turns, waiting = 0, len(self._waiting)
        while 1 < waiting < ENOUGH and turns < TURNS and loop.time() < until:
            await asyncio.sleep(0)
            turns = turns + 1 if len(self._waiting) == waiting else 0
            waiting = len(self._waiting)

    async def _commit_group(self, group: list[_Waiting[T]]) -> None:
        try:
            await self._commit([waiting.thing for waiting in group])
        except Exception as error:
            if len(group) == 1 or self._is_for_all(error):
                for waiting in group:
                    _fail(waiting.done, error)
                del group, waiting  # the error knows this frame: whole mails would stay until a collection
                return
        else:
            for waiting in group:
                if not waiting.done.done():
                    waiting.done.set_result(None)
            return
        for waiting in group:  # not in the handler: their errors would know the group's, and that one all of them
            await self._commit_group([waiting])


def _fail(done: asyncio.Future[None], error: Exception) -> None:
    if not done.done():
        done.set_exception(error)
        done.exception()  # whoever waited may be gone: then nobody else fetches it, and that is no accident
