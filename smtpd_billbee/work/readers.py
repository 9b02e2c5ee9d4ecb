"""The reader in child processes that can be killed: a mail that takes too long or too much stops only its child."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from smtpd_billbee.model.anonymised import Anonymised
from smtpd_billbee.model.labels import TaughtLabel
from smtpd_billbee.model.reading import Kind, Outcome, Reading
from smtpd_billbee.model.shown import Shown
from smtpd_billbee.reader import child
from smtpd_billbee.work.birth import FIRST_MAIL
from smtpd_billbee.work.children import Children, Failed
from smtpd_billbee.work.crew import ENOUGH, Crew
from smtpd_billbee.work.together import SECONDS, SMALL, Together, each_of, one_of

T = TypeVar("T")
_Asked = tuple[bytes, tuple[TaughtLabel, ...]]

START_SECONDS = 60


class Readers:
    """Child processes with a limit on time (seconds) and on address space (bytes) for each mail."""

    def __init__(
        self, processes: int, time_limit: float, memory_limit: int, read: Callable[..., Reading] = child.read
    ) -> None:
        self._time_limit = time_limit
        self._read = read
        self._crew = Crew(lambda many: Children("reader", many, time_limit, memory_limit), self._begin, processes)
        # More than there are children: the next visit is on its way when a child is done.
        self._together: Together[_Asked, Reading] = Together(self._visit, ENOUGH * processes)

    def start(self) -> None:
        """Start the children before they are needed: the first mail would wait seconds for all that they load."""
        self._crew.start()

    def _begin(self, children: Children) -> None:
        children.start(self._read, FIRST_MAIL, (), time_limit=START_SECONDS)

    async def read(self, raw: bytes, taught: Sequence[TaughtLabel] = ()) -> Reading:
        """The reading of a mail, as a database takes it.

        What goes wrong with the child is an unreadable mail, never an exception.
        """
        words = tuple(taught)
        if len(raw) <= SMALL and (reading := await self._together.put((raw, words))) is not None:
            return reading
        return await self._alone(raw, words)

    async def _alone(self, raw: bytes, words: tuple[TaughtLabel, ...]) -> Reading:
        with self._crew.least_busy() as children:
            found = await children.run(one_of, self._read, raw, words)
        return _unreadable(self._why(found)) if isinstance(found, Failed) else found

    async def _visit(self, mails: Sequence[_Asked]) -> Sequence[Reading | None]:
        """Several at once; None for each of which nothing is known."""
        if len(mails) == 1:
            return [await self._alone(*mails[0])]  # with all the time of a mail
        seconds = min(SECONDS, self._time_limit)
        with self._crew.least_busy() as children:
            found = await children.run_once(each_of, self._read, tuple(mails), seconds=seconds)
        return [None] * len(mails) if found is None else found

    async def show(self, raw: bytes, taught: Sequence[TaughtLabel] = ()) -> Shown:
        """The reading with the mail's lines; without lines when the child could not do it."""
        found = await self._crew.first.run(child.shown, raw, tuple(taught))
        return Shown(_unreadable(self._why(found))) if isinstance(found, Failed) else found

    async def anonymise(self, raw: bytes) -> Anonymised:
        """The mail with invented persons; none, with the reason, when the child could not do it."""
        found = await self._crew.first.run(child.anonymise, raw)
        return Anonymised(None, (self._why(found),)) if isinstance(found, Failed) else found

    async def run(self, function: Callable[..., T], *values: Any) -> T | None:
        """What a function makes of a mail's bytes, under the same limits; None: the child was stopped or broke down."""
        found = await self._crew.first.run(function, *values)
        return None if isinstance(found, Failed) else found

    def close(self) -> None:
        """Stop the children, whatever they do."""
        self._crew.close()

    def _why(self, failed: Failed) -> str:
        match failed:
            case Failed.TOOK_TOO_LONG:
                return f"reading took longer than {self._time_limit:g} seconds and was stopped"
            case Failed.TOOK_TOO_MUCH:
                return "reading needed more memory than it may use"
            case Failed.MADE_A_MISTAKE:
                return "the reader made a mistake over this mail"
            case Failed.BROKE_DOWN:
                return "the reader broke down twice over this mail"


def _unreadable(reason: str) -> Reading:
    return Reading(Outcome.UNREADABLE, Kind.OTHER, reason=reason)
