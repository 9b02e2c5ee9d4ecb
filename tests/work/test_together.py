"""Small mails that wait at the same moment visit a child together; each has its own answer."""

import asyncio
import gc
import weakref
from collections.abc import Sequence

from smtpd_billbee.model.reading import Kind, Outcome, Reading
from smtpd_billbee.work.readers import Readers
from smtpd_billbee.work.together import MOST, Together
from tests.work.test_readers import GIB, _play


class Child:
    """Notes each visit; knows nothing of odd numbers."""

    def __init__(self) -> None:
        self.visits: list[list[int]] = []
        self.cancelled = False

    async def visit(self, things: Sequence[int]) -> list[str | None]:
        self.visits.append(list(things))
        try:
            await asyncio.sleep(0.01)
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return [None if each % 2 else str(each) for each in things]


async def test_what_waits_goes_together() -> None:
    """All are answered, in visits of at most MOST, so many at once as may be; who comes alone goes alone."""
    child = Child()
    together: Together[int, str] = Together(child.visit, 2)
    many = 2 * MOST + 4
    made = await asyncio.gather(*(together.put(number) for number in range(many)))
    alone = await together.put(many)

    assert [None if number % 2 else str(number) for number in range(many)] == made
    assert str(many) == alone
    assert [MOST, MOST, 4, 1] == [len(each) for each in child.visits]


async def test_a_few_are_shared_out() -> None:
    """Where several children are free, they share what waits."""
    child = Child()
    together: Together[int, str] = Together(child.visit, 3)
    await asyncio.gather(*(together.put(number) for number in range(6)))

    assert [[0, 1], [2, 3], [4, 5]] == child.visits


async def test_a_visit_for_nobody_is_called_off() -> None:
    """When all whose things are under way have gone, the visit ends; for one that waits it goes on."""
    child = Child()
    together: Together[int, str] = Together(child.visit, 1)
    first, second = (asyncio.create_task(together.put(number)) for number in (2, 4))
    await asyncio.sleep(0.001)
    first.cancel()
    answer = await second
    went_on = not child.cancelled
    third = asyncio.create_task(together.put(6))
    await asyncio.sleep(0.001)
    third.cancel()
    await asyncio.sleep(0.001)

    assert ("4", True) == (answer, went_on)
    assert child.cancelled


async def test_a_hostile_mail_hurts_no_neighbour() -> None:
    """One that kills its child, one over which the reader makes a mistake, one that is slow: the others are read."""
    hostile = {b"die": "broke down twice", b"raise": "made a mistake", b"sleep": "longer than 1 seconds"}
    readers = Readers(1, 1, 2 * GIB, _play)
    try:
        mails = [b"one", b"two", *hostile, b"three", b"half a pair \xed"]
        found = await asyncio.gather(*(readers.read(each, ()) for each in mails))
    finally:
        readers.close()
    reasons = {mail: each.reason or "" for mail, each in zip(mails, found, strict=True)}

    assert ["one", "two", "three"] == [reasons[each] for each in (b"one", b"two", b"three")]
    assert all(words in reasons[mail] for mail, words in hostile.items()), reasons
    assert 4 == len([each for each in found if each.outcome is Outcome.UNREADABLE])  # the last one is a mistake, too


async def test_as_a_database_takes_it() -> None:
    """A NUL is replaced before a reading leaves its child, alone or together."""
    readers = Readers(1, 30, 2 * GIB, _play)
    try:
        found = [await readers.read(b"a\0"), *await asyncio.gather(readers.read(b"b\0"), readers.read(b"c\0"))]
    finally:
        readers.close()

    assert [Reading(Outcome.NOT_AN_ORDER, Kind.OTHER, reason=f"{each}\ufffd") for each in "abc"] == found


class Mail:
    """A thing that can be asked whether it is still there."""


async def test_nothing_is_held() -> None:
    """A mail goes when whoever has put it lets it go: it does not wait for a collection, which seldom comes."""

    async def visit(things: Sequence[Mail]) -> list[str | None]:
        return ["read" for _ in things]

    together: Together[Mail, str] = Together(visit, 1)
    mail = Mail()
    there = weakref.ref(mail)
    gc.disable()
    try:
        made = await together.put(mail)
        del mail
        await asyncio.sleep(0)
        held = there() is not None
    finally:
        gc.enable()

    assert "read" == made
    assert not held
