"""Orders are held back, marked or imported by their origin, on both databases; evidence is made by hand."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from smtpd_billbee.model.evidence import Evidence, Known, Result
from smtpd_billbee.model.job import JobState
from smtpd_billbee.model.mail import Mail, MailState, Recipient
from smtpd_billbee.model.order import KeptOrder, Order
from smtpd_billbee.model.reading import Reading
from smtpd_billbee.model.shop import ShopRules
from smtpd_billbee.model.trust import Believed, Judged, Level, Mark, Sort
from smtpd_billbee.store.store import Store
from smtpd_billbee.store.tables import traces
from smtpd_billbee.work.bell import Bell
from smtpd_billbee.work.holding import CHANGED, FILLS, MARKED
from smtpd_billbee.work.origins import Origins, is_of_here
from smtpd_billbee.work.reading import ReadingRole
from smtpd_billbee.work.trust import NO_SECRET, NOT_KNOWN, NOTHING
from tests.conftest import NOON, Clock
from tests.evidence import HOST, Played, by_mailbox, direct, dkim
from tests.making import ORDER, SHOP, TO_SHOP, arrival, make_shop, reading_of
from tests.making import OWNER as REGISTERED
from tests.work.test_intake import SETTINGS, running
from tests.work.test_reading import PlayedReaders, due

PATIENT = replace(SETTINGS, copies_wait=timedelta(seconds=10))
OURS = replace(ORDER, site=HOST)
DEARER = replace(OURS, total=Decimal("48.20"))
OTHER = replace(OURS, number="1043")


@dataclass
class Desk:
    """A shop to whose address mails come, each with its evidence and its reading."""

    store: Store
    clock: Clock
    said: dict[int, Evidence | Known] = field(default_factory=dict)
    last: Reading = field(default_factory=reading_of)

    def role(self, *readings: Reading) -> ReadingRole:
        origins = Origins(Believed(), ["inbound.example"])
        readers = PlayedReaders(*(readings or (self.last,)))
        return ReadingRole(self.store, readers, self.clock, Bell(), proofs=Played(self.said), origins=origins)  # type: ignore[arg-type]

    async def take(
        self,
        content: bytes,
        evidence: Evidence | Known,
        order: Order = OURS,
        to: Recipient = TO_SHOP,
        problem: str = "",
        peer: str = "192.0.2.25",
    ) -> Mail:
        """One mail comes in, and is read."""
        brought = arrival(content, to, at=self.clock())
        async with running(self.store, settings=PATIENT) as intake:
            await intake.accept(replace(brought, session=replace(brought.session, peer=peer)))
        async with self.store.reading() as tx:
            mail_id = (await tx.mails.list())[0].id
        self.said[mail_id] = evidence
        self.last = reading_of(order, *([problem] if problem else []))
        await self.read()
        return await self.mail(mail_id)

    async def read(self) -> None:
        """Read what is due."""
        role = self.role()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(role.run())
            while await due(self.store, self.clock):  # noqa: ASYNC110 - the database rings no bell
                await asyncio.sleep(0.005)
            role.stop()

    async def mail(self, mail_id: int) -> Mail:
        async with self.store.reading() as tx:
            mail = await tx.mails.get(mail_id)
        assert mail is not None
        return mail

    async def judged(self, mail_id: int) -> Judged:
        async with self.store.reading() as tx:
            found = await tx.trust.judged(mail_id)
        assert found is not None
        return found

    async def orders(self) -> list[KeptOrder]:
        async with self.store.reading() as tx:
            return list(await tx.orders.list())


async def desk(store: Store, clock: Clock, **rules: object) -> Desk:
    """A new shop whose owner has said which site is his."""
    await make_shop(store, replace(ShopRules(name="Teeladen"), **rules))  # type: ignore[arg-type]
    async with store.transaction() as tx:
        await tx.trust.learn(SHOP, [Mark(Sort.HOST, HOST)], REGISTERED, NOON)
    return Desk(store, clock)


async def test_a_proved_order_is_imported(store: Store, clock: Clock) -> None:
    """It is there without a doubt; the shop has seen its level, and has learnt nothing that nobody has said."""
    shop = await desk(store, clock)
    mail = await shop.take(b"Subject: 1\r\n\r\nx", direct())
    async with store.reading() as tx:
        known = (await tx.trust.known({SHOP}))[SHOP]

    assert MailState.ORDER == mail.state
    assert (Level.A, "") == ((await shop.judged(mail.id)).verdict.level, (await shop.judged(mail.id)).verdict.why)
    assert (Level.A, frozenset({Mark(Sort.HOST, HOST)})) == (known.best, known.marks)
    assert frozenset({REGISTERED}) == known.owners


async def test_an_unproved_order_waits(store: Store, clock: Clock) -> None:
    """No order, no article, nothing to push; its owner gets the copy although he wants none of orders, and a line
    of the journal says why.
    """
    shop = await desk(store, clock, relay_orders=False)
    mail = await shop.take(b"Subject: 1\r\n\r\nx", Evidence())
    async with store.reading() as tx:
        (job,) = await tx.jobs.of_mail(mail.id)
        waiting = await tx.to_check.mails(None)

    assert (MailState.QUARANTINED, NOTHING, None) == (mail.state, mail.reason, mail.order_id)
    assert [] == await shop.orders()
    assert JobState.PENDING == job.state
    assert [(mail.id, NOTHING)] == [(each.id, each.reason) for each in waiting]


@pytest.mark.parametrize(
    ("known", "seconds"),
    [
        (Evidence(), 0),
        (direct(), 0),
        (Known(replace(Evidence(), dmarc=Result.TEMPERROR), 1, NOON + timedelta(minutes=1)), 10),
    ],
)
async def test_a_copy_waits_for_the_reading(store: Store, clock: Clock, known: Evidence | Known, seconds: int) -> None:
    """A copy whose order waits for its owner says so; for DNS it waits a few seconds, and goes without a word."""
    shop = await desk(store, clock)
    mail = await shop.take(b"Subject: 1\r\n\r\nx", known)
    async with store.reading() as tx:
        (job,) = await tx.jobs.of_mail(mail.id)

    assert (JobState.PENDING, NOON + timedelta(seconds=seconds)) == (job.state, job.next_at)


async def test_a_mark(store: Store, clock: Clock) -> None:
    """In a new shop the server alone makes an order that somebody has to look at; reading it again keeps the mark."""
    shop = await desk(store, clock)
    mail = await shop.take(b"Subject: 1\r\n\r\nx", by_mailbox("example.org"))
    await shop.role().reread([mail.id])
    (order,) = await shop.orders()
    mail = await shop.mail(mail.id)

    assert (MailState.TO_CHECK, True) == (mail.state, order.to_check)
    assert (f"{MARKED} {NOT_KNOWN}",) == order.problems == mail.problems


async def test_a_proved_mail_ends_the_mark(store: Store, clock: Clock) -> None:
    """The same order by a better way: where it came from is in doubt no more."""
    shop = await desk(store, clock)
    first = await shop.take(b"Subject: 1\r\n\r\nx", by_mailbox("example.org"))
    second = await shop.take(b"Subject: 1\r\n\r\ny", direct())
    (order,) = await shop.orders()

    assert (MailState.ORDER, MailState.DUPLICATE) == ((await shop.mail(first.id)).state, second.state)
    assert ((), False) == (order.problems, order.to_check)


async def test_dns_is_asked_again(store: Store, clock: Clock) -> None:
    """While DNS is silent the mail waits, its copy does not; when it is asked no more, what is known counts."""
    shop = await desk(store, clock)
    silent = replace(Evidence(), dmarc=Result.TEMPERROR)
    mail = await shop.take(b"Subject: 1\r\n\r\nx", Known(silent, 1, NOON + timedelta(minutes=1)))
    async with store.reading() as tx:
        (job,) = await tx.jobs.of_mail(mail.id)
        again_at = await tx.mails.next_due()
    shop.said[mail.id] = Known(silent, 4, None)
    clock.forward(minutes=1)
    await shop.read()

    assert (MailState.RECEIVED, JobState.PENDING, NOON + timedelta(minutes=1)) == (mail.state, job.state, again_at)
    assert MailState.QUARANTINED == (await shop.mail(mail.id)).state


async def test_dns_comes_back(store: Store, clock: Clock) -> None:
    """The second answer proves the mail: it is an order."""
    shop = await desk(store, clock)
    silent = Known(replace(Evidence(), dmarc=Result.TEMPERROR), 1, NOON + timedelta(minutes=1))
    mail = await shop.take(b"Subject: 1\r\n\r\nx", silent)
    shop.said[mail.id] = direct()
    clock.forward(minutes=1)
    await shop.read()

    assert MailState.ORDER == (await shop.mail(mail.id)).state


async def test_changed_content_of_less_proof(store: Store, clock: Clock) -> None:
    """A number that we have, another total, a worse origin: the order stays as it is, without so much as a doubt."""
    shop = await desk(store, clock, trust="marked")
    await shop.take(b"Subject: 1\r\n\r\nx", direct())
    second = await shop.take(b"Subject: 1\r\n\r\ny", Evidence(), DEARER)
    (order,) = await shop.orders()

    assert (MailState.QUARANTINED, CHANGED) == (second.state, second.reason)
    assert (OURS, ()) == (order.order, order.problems)


async def test_changed_content_of_the_same_proof(store: Store, clock: Clock) -> None:
    """Two genuine mails that differ: a person decides, as ever."""
    shop = await desk(store, clock)
    await shop.take(b"Subject: 1\r\n\r\nx", direct())
    again = replace(direct(), signatures=(replace(dkim(), digest="another"),))
    second = await shop.take(b"Subject: 1\r\n\r\ny", again, DEARER)

    assert (MailState.TO_CHECK, True) == (second.state, (await shop.orders())[0].to_check)


async def test_nothing_is_filled_in_by_strangers(store: Store, clock: Clock) -> None:
    """An order of a file gets nothing from a mail whose origin is not proved."""
    shop = await desk(store, clock, trust="marked")
    bare = replace(OURS, payment_method=None, payment_type=None)
    values = {"state": 1, "to_check": False, "problems": [], "provenance": {}, "import_id": None}
    async with store.transaction() as tx:
        await tx.orders.add(SHOP, bare, {}, values, NOON)
    mail = await shop.take(b"Subject: 1\r\n\r\nx", Evidence())

    assert (MailState.QUARANTINED, FILLS) == (mail.state, mail.reason)
    assert [bare] == [each.order for each in await shop.orders()]


async def test_a_signed_mail_comes_again_with_another_number(store: Store, clock: Clock) -> None:
    """A signature signs one mail: what its unsigned parts say another time makes no second order."""
    shop = await desk(store, clock)
    first = await shop.take(b"Subject: 1\r\n\r\nx", direct())
    second = await shop.take(b"Subject: 2\r\n\r\nx", direct(), OTHER)

    assert (MailState.DUPLICATE, f"the same signed mail came before: mail {first.id}") == (second.state, second.reason)
    assert 1 == len(await shop.orders())


async def test_a_message_id_comes_again_with_another_number(store: Store, clock: Clock) -> None:
    """That may be a careless sender: a person looks, and nothing is lost."""
    shop = await desk(store, clock)
    again = replace(direct(), signatures=(replace(dkim(), digest="another"),))
    first = await shop.take(b"Message-ID: <1@jimdo.com>\r\n\r\nx", direct())
    second = await shop.take(b"Message-ID: <1@jimdo.com>\r\n\r\ny", again, OTHER)

    assert (MailState.QUARANTINED, f"its Message-ID came before with another order: mail {first.id}") == (
        second.state, second.reason,
    )  # fmt: skip


async def test_a_quarantined_mail_leaves_no_trace(store: Store, clock: Clock) -> None:
    """A forged mail that came first does not keep the genuine one out."""
    shop = await desk(store, clock)
    forged = await shop.take(b"Message-ID: <1@jimdo.com>\r\n\r\nx", Evidence())
    genuine = await shop.take(b"Message-ID: <1@jimdo.com>\r\n\r\ny", direct())
    async with store.reading() as tx:
        number = (await tx.connection.execute(select(func.count()).select_from(traces))).scalar()

    assert (MailState.QUARANTINED, MailState.ORDER, 2) == (forged.state, genuine.state, number)


async def test_what_comes_from_this_machine(store: Store, clock: Clock) -> None:
    """It is marked while the shop learns, and waits once the shop has seen better."""
    shop = await desk(store, clock)
    first = await shop.take(b"Subject: 1\r\n\r\nx", Evidence(), peer="127.0.0.1")
    await shop.take(b"Subject: 2\r\n\r\nx", direct(), OTHER)
    later = await shop.take(b"Subject: 3\r\n\r\nx", Evidence(), replace(OURS, number="1044"), peer="::1")

    assert (MailState.TO_CHECK, (f"{MARKED} {NOT_KNOWN}",)) == (first.state, first.problems)
    assert (MailState.QUARANTINED, NOT_KNOWN) == (later.state, later.reason)


@pytest.mark.parametrize(
    ("peer", "is_so"), [("127.0.0.1", True), ("::1", True), ("10.0.0.1", False), ("192.0.2.25", False), ("", False)]
)
def test_from_here(peer: str, is_so: bool) -> None:
    """From this very machine, and not from one beside it."""
    assert is_so == is_of_here(peer)


async def test_everybody(store: Store, clock: Clock) -> None:
    """A closed network's shop asks nobody."""
    shop = await desk(store, clock, trust="everybody")
    first = await shop.take(b"Message-ID: <1@x.example>\r\n\r\nx", Evidence())
    second = await shop.take(b"Message-ID: <1@x.example>\r\n\r\ny", Evidence(), OTHER)

    assert [MailState.ORDER, MailState.ORDER] == [first.state, second.state]


async def test_the_secret_stands_in_the_address(store: Store, clock: Clock) -> None:
    """It is read from the address that the mail came to."""
    shop = await desk(store, clock, only_with_secret=True)
    async with store.transaction() as tx:
        await tx.shops.set_secret(SHOP, "abcdefghjkmn")
    with_it = replace(TO_SHOP, address="12345-jimdo-orderimport+ABCDEFGHJKMN@inbound.example")
    plain = await shop.take(b"Subject: 1\r\n\r\nx", direct())
    secret = await shop.take(b"Subject: 2\r\n\r\ny", direct("x@jimdo.com"), to=with_it)

    assert (MailState.QUARANTINED, NO_SECRET, MailState.ORDER) == (plain.state, plain.reason, secret.state)
