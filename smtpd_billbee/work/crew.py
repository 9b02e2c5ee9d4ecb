"""How many children there are: one always, the others while there is much to do.

A child that waits costs memory, and most of the day there is nothing to do.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from smtpd_billbee.work.children import Children

IDLE_SECONDS = 60.0
ENOUGH = 2  # pieces of work for one child: one that it is at, and the next one


@dataclass(slots=True)
class _Team:
    children: Children
    size: int
    in_hand: int = 0
    is_used: bool = True  # since somebody last looked

    @property
    def load(self) -> float:
        return self.in_hand / self.size


class Crew:
    """At most `processes` children.  `hire` makes so many, `begin` lets them begin with a first work."""

    def __init__(
        self,
        hire: Callable[[int], Children],
        begin: Callable[[Children], None],
        processes: int,
        idle: float = IDLE_SECONDS,
    ) -> None:
        self._hire = hire
        self._begin = begin
        self._first = _Team(hire(1), 1)
        self._more = processes - 1
        self._others: _Team | None = None
        self._idle = idle
        self._looking: asyncio.TimerHandle | None = None

    @property
    def first(self) -> Children:
        """The one that is always there."""
        return self._first.children

    @property
    def has_others(self) -> bool:
        """Whether there are others just now."""
        return self._others is not None

    def start(self) -> None:
        """Let the first one be born before it is needed."""
        self._begin(self.first)

    @contextmanager
    def least_busy(self) -> Iterator[Children]:
        """Whoever has the least to do.  When the first one has enough, the others are sent for."""
        if self._more and self._others is None and self._first.in_hand >= ENOUGH:
            self._send_for_others()
        team = self._first
        if self._others and self._others.children.are_born and self._others.load < team.load:
            team = self._others
        team.in_hand += 1
        team.is_used = True
        try:
            yield team.children
        finally:
            team.in_hand -= 1

    def _send_for_others(self) -> None:
        self._others = _Team(self._hire(self._more), self._more)
        self._begin(self._others.children)
        self._looking = asyncio.get_running_loop().call_later(self._idle, self._look)

    def _look(self) -> None:
        """Let the others go, if they had nothing to do for a while."""
        loop, others = asyncio.get_running_loop(), self._others
        assert others is not None
        if others.is_used or others.in_hand or not others.children.are_born:
            others.is_used = False
            self._looking = loop.call_later(self._idle, self._look)
        else:
            self._others = self._looking = None
            loop.run_in_executor(None, others.children.close)

    def close(self) -> None:
        """Stop all, whatever they do."""
        if self._looking is not None:
            self._looking.cancel()
        self.first.close()
        if self._others is not None:
            self._others.children.close()
