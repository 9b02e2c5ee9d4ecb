"""Evidence is found once, in a child process, and kept; DNS that is silent holds nothing up."""

import asyncio
import itertools
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from smtpd_billbee.errors import NoSuchThing
from smtpd_billbee.model.evidence import UNANSWERED, Evidence, Known, Result, Signature, Spf
from smtpd_billbee.model.mail import Delivery
from smtpd_billbee.store.store import Store
from smtpd_billbee.work.bell import Bell
from smtpd_billbee.work.reading import ReadingRole
from smtpd_billbee.work.verifying import AGAIN_AFTER, DnsSettings, Verifier, Verifying
from tests.auth.playing import key, mail, signed
from tests.conftest import NOON, Clock
from tests.dns_server import DROP, serving
from tests.making import MAIL, arrival, make_shop, reading_of
from tests.work.test_intake import running
from tests.work.test_reading import PlayedReaders, due

GIB = 1 << 30
CAME = Delivery("192.0.2.1", "h.example", "a@shop.example", NOON)
PROVED = Evidence(domain="shop.example", dmarc=Result.PASS)
WAITING = replace(PROVED, dmarc=Result.TEMPERROR)


def _play(raw: bytes, came: Delivery) -> Evidence:
    """A verifier that does what the mail says."""
    match raw:
        case b"sleep":
            time.sleep(60)
        case b"doze":
            time.sleep(1)
        case b"pid":
            return Evidence(author=str(os.getpid()))
        case b"raise":
            raise ValueError("customer's name")
    return Evidence(author=raw.decode(), domain=came.sender)


async def test_a_hostile_mail_is_unanswered() -> None:
    """Too slow, or our mistake (test_readers.py has more): nothing is proved, for now, and the next mail is fine."""
    verifier = Verifier(1, 2 * GIB, DnsSettings(timeout=0.1), patience=30, verify=_play)
    verifier._children._time_limit = 1.5
    try:
        found = [await verifier.evidence(raw, CAME) for raw in (b"sleep", b"raise", b"well")]
    finally:
        verifier.close()

    assert [UNANSWERED] * 2 == found[:2]
    assert Evidence(author="well", domain="a@shop.example") == found[2]
    assert UNANSWERED.unsettled


async def test_nobody_waits_for_ever() -> None:
    """While one mail keeps the child busy, others are left for later; the child lives on, with what it remembers."""
    verifier = Verifier(1, 2 * GIB, DnsSettings(timeout=0.1), patience=30, verify=_play)
    try:
        first = await verifier.evidence(b"pid", CAME)
        verifier._patience = 0.3
        busy = await asyncio.gather(*[verifier.evidence(raw, CAME) for raw in (b"doze", b"pid", b"pid")])
        verifier._patience = 30
        last = await verifier.evidence(b"pid", CAME)
    finally:
        verifier.close()

    assert [UNANSWERED] * 3 == busy
    assert first == last


async def test_the_real_child() -> None:
    """The whole way: a process of its own, a name server, a signed mail."""
    zone = {
        "shop.example": {"TXT": ['"v=spf1 ip4:192.0.2.1 -all"']},
        "s1._domainkey.shop.example": {"TXT": [f'"{key().record.decode()}"']},
        "_dmarc.shop.example": {"TXT": ['"v=DMARC1; p=reject"']},
        "silent.example": DROP,
    }
    with serving(zone) as server:
        verifier = Verifier(1, GIB, DnsSettings((("127.0.0.1", server.port),), timeout=2.0))
        try:
            proved = await verifier.evidence(signed(mail()), CAME)
            waiting = await verifier.evidence(signed(mail()), replace(CAME, sender="a@silent.example"))
        finally:
            verifier.close()

    assert (Result.PASS, True, Result.PASS) == (proved.dmarc, proved.signed, proved.spf.result)
    assert (Result.TEMPERROR, True) == (waiting.spf.result, waiting.signed)


class PlayedVerifier:
    """Says of each mail what the test wants, and counts."""

    def __init__(self, *found: Evidence) -> None:
        self.found = list(found)
        self.asked = 0

    async def evidence(self, raw: bytes, came: Delivery) -> Evidence:
        self.asked += 1
        await asyncio.sleep(0)
        return self.found.pop(0) if len(self.found) > 1 else self.found[0]


@asynccontextmanager
async def verifying(store: Store, clock: Clock, verifier: PlayedVerifier) -> AsyncIterator[Verifying]:
    """Evidence of a store that has one mail, number 1."""
    await make_shop(store)
    async with running(store) as intake:
        await intake.accept(arrival(MAIL, at=clock()))
    found = Verifying(store, verifier, clock)  # type: ignore[arg-type]
    async with found.at_work(asks_again=False):
        yield found


async def test_found_once(store: Store, clock: Clock) -> None:
    """Reading and relaying ask at once, and later again: there was one look at the mail, and it is kept."""
    everything = Evidence(
        "a@b.example", "b.example", Spf(Result.PASS, "b.example", True), (Signature(Result.PASS, "b.example"),),
        originals=(), signed_recipients=("x@y.example",),
    )  # fmt: skip
    verifier = PlayedVerifier(everything)
    async with verifying(store, clock, verifier) as proofs:
        both = await asyncio.gather(proofs.evidence_of(1), proofs.evidence_of(1))
        again = await Verifying(store, verifier, clock).known_of(1)  # type: ignore[arg-type]

    assert [everything, everything] == both
    assert Known(everything, 1, None) == again
    assert 1 == verifier.asked


async def test_asked_again(store: Store, clock: Clock) -> None:
    """What DNS did not tell is asked again after 1, 5 and 15 minutes; what it told meanwhile stands."""
    verifier = PlayedVerifier(WAITING, UNANSWERED, WAITING, PROVED)
    async with verifying(store, clock, verifier) as proofs:
        moments = [(await proofs.known_of(1)).again_at]
        assert WAITING == await proofs.evidence_of(1)  # not yet
        for pause in AGAIN_AFTER:
            clock.now = moments[-1] or clock.now
            await proofs.ask_due()
            moments.append((await proofs.known_of(1)).again_at)
            assert pause == AGAIN_AFTER[len(moments) - 2]
        known = await proofs.known_of(1)

    assert Known(PROVED, 4, None) == known
    assert [*AGAIN_AFTER, None] == _pauses(moments)
    assert 4 == verifier.asked


def _pauses(moments: list) -> list[timedelta | None]:
    times = [NOON, *moments]
    return [after - before if after else None for before, after in itertools.pairwise(times)]


async def test_never_told(store: Store, clock: Clock) -> None:
    """DNS that stays away: after the last try what is known stands, and nobody asks any more."""
    verifier = PlayedVerifier(WAITING)
    async with verifying(store, clock, verifier) as proofs:
        for _ in range(6):
            known = await proofs.known_of(1)
            clock.forward(hours=1)
            await proofs.ask_due()

    assert Known(WAITING, 4, None) == known
    assert 4 == verifier.asked


async def test_no_such_mail(store: Store, clock: Clock) -> None:
    """A mail that is not there is told as that."""
    async with verifying(store, clock, PlayedVerifier(PROVED)) as proofs:
        with pytest.raises(NoSuchThing):
            await proofs.evidence_of(99)


async def test_what_fails_inside_comes_out_as_it_is(store: Store, clock: Clock) -> None:
    """An error while it is at work is not wrapped: whoever raised it is heard."""
    with pytest.raises(NoSuchThing):
        async with verifying(store, clock, PlayedVerifier(PROVED)):
            raise NoSuchThing("something")


class BrokenVerifier(PlayedVerifier):
    """Makes the mistake that nobody thought of."""

    async def evidence(self, raw: bytes, came: Delivery) -> Evidence:
        raise ValueError("customer's name")


async def read_all(store: Store, clock: Clock, proofs: Verifying) -> None:
    """Run the role until nothing is due."""
    role = ReadingRole(store, PlayedReaders(reading_of()), clock, Bell(), proofs=proofs)  # type: ignore[arg-type]
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(role.run())
        while await due(store, clock):  # noqa: ASYNC110 - the database rings no bell
            await asyncio.sleep(0.005)
        role.stop()


async def test_a_mistake_costs_no_order(store: Store, clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever goes wrong with the proofs, the mail is read; nothing is proved of it then."""
    async with verifying(store, clock, BrokenVerifier()) as proofs:
        await read_all(store, clock, proofs)
        async with store.reading() as tx:
            orders = await tx.orders.list()

    assert ["1042"] == [order.order.number for order in orders]
    assert "not verified" in capsys.readouterr().out


async def test_kept_before_the_order_is_decided(store: Store, clock: Clock) -> None:
    """Reading keeps the evidence of each mail with its order, and waits no minute for DNS."""
    verifier = PlayedVerifier(WAITING)
    async with verifying(store, clock, verifier) as proofs:
        await read_all(store, clock, proofs)
        async with store.reading() as tx:
            (order,) = await tx.orders.list()
            _, known = (await tx.evidence.of_mails([1]))[1]

    assert "1042" == order.order.number
    assert Known(WAITING, 1, NOON + AGAIN_AFTER[0]) == known
