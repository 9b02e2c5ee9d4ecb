"""Notices: who is told of what, when, and in which words."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from smtpd_billbee import reader
from smtpd_billbee.model.job import Attempt, Delivered, JobKind, Later, Never, Try
from smtpd_billbee.model.mail import Recipient
from smtpd_billbee.model.notice import NoticeKind
from smtpd_billbee.model.reading import Outcome
from smtpd_billbee.store.store import Store
from smtpd_billbee.work import owners
from smtpd_billbee.work.notice_mail import NoticeSettings
from smtpd_billbee.work.notice_switches import switch
from smtpd_billbee.work.notices import Notices
from tests.conftest import NOON, Clock
from tests.making import MAIL, ORDER, OWNER, make_shop, reading_of
from tests.work.test_reading import UNREADABLE, take

SETTINGS = NoticeSettings("https://orders.example", "inbound.example")


class Post:
    """A smarthost that gives these answers, then takes everything."""

    def __init__(self, *answers: Attempt) -> None:
        self.answers = list(answers)
        self.sent: list[tuple[str, str, str]] = []  # recipient, subject, text
        self.raw: list[bytes] = []

    async def send(self, recipient: str, raw: bytes) -> Attempt:
        mail = message_from_bytes(raw, policy=default)
        body = mail.get_body()
        assert body is not None
        self.sent.append((recipient, str(mail["Subject"]), body.get_content()))
        self.raw.append(raw)
        return self.answers.pop(0) if self.answers else Delivered("250 ok")


def notices(store: Store, clock: Clock, post: Post) -> Notices:
    """The role."""
    return Notices(store, post.send, SETTINGS, clock)


async def test_told_once_and_then_once_an_hour(store: Store, clock: Clock) -> None:
    """A mail that could not be read is told of once; the next ones wait until the hour is over, and come together."""
    await make_shop(store)
    post = Post()
    role = notices(store, clock, post)
    await take(store, clock, MAIL, readings=[UNREADABLE])
    await role.look()
    await role.look()
    first = list(post.sent)
    await take(store, clock, MAIL + b"2", MAIL + b"3", readings=[UNREADABLE, UNREADABLE])
    clock.forward(minutes=59)
    await role.look()
    early = list(post.sent)
    clock.forward(minutes=2)
    await role.look()
    await notices(store, clock, post).look()

    assert [(OWNER, "Eine Mail konnte nicht gelesen werden")] == [(to, subject) for to, subject, _ in first]
    assert "https://orders.example/workbench?mail=1" in first[0][2]
    assert "https://orders.example/settings/notices" in first[0][2]
    assert first == early
    assert ["2 Mails konnten nicht gelesen werden"] == [subject for _, subject, _ in post.sent[1:]]


async def test_no_customer_is_named(store: Store, clock: Clock) -> None:
    """Nothing of what mails say goes into a notice; the shop's name and numbers do."""
    await make_shop(store)
    post = Post()
    await take(store, clock, MAIL.replace(b"1042", b"1042 Anna Beispiel"), readings=[UNREADABLE])
    await notices(store, clock, post).look()

    assert b"Anna" not in post.raw[0]
    assert b"1042" not in post.raw[0]
    assert "Teeladen (12345): 1" in post.sent[0][2]


async def test_a_notice_that_comes_back_is_no_order(store: Store, clock: Clock) -> None:
    """An owner who forwards everything to his shop's address makes no circle."""
    await make_shop(store)
    post = Post()
    await take(store, clock, MAIL, readings=[UNREADABLE])
    await notices(store, clock, post).look()

    assert Outcome.NOT_AN_ORDER == reader.read(post.raw[0]).outcome


async def test_switched_off(store: Store, clock: Clock) -> None:
    """Who switched a kind off is not told of it, the other account is; switched on again, he hears what is recent."""
    await make_shop(store)
    await make_shop(store, shop_id=777, email="other@example.org")
    async with store.reading() as tx:
        own = await tx.accounts.by_email(OWNER)
    assert own is not None
    changed = await switch(store, own.id, {NoticeKind.UNREADABLE: False, NoticeKind.FAILED_COPY: True}, "o", NOON)
    other_shop = Recipient("777-jimdo-orderimport@inbound.example", 777, "jimdo")
    await take(store, clock, MAIL, readings=[UNREADABLE])
    await take(store, clock, MAIL + b"2", readings=[UNREADABLE], to=other_shop)
    post = Post()
    role = notices(store, clock, post)
    await role.look()
    without = [to for to, _, _ in post.sent]
    await switch(store, own.id, {NoticeKind.UNREADABLE: True}, "o", NOON)
    await role.look()
    async with store.reading() as tx:
        wanted = await tx.notices.wanted(own.id)

    assert {NoticeKind.UNREADABLE: False} == changed
    assert ["other@example.org"] == without
    assert OWNER == post.sent[-1][0]
    assert dict.fromkeys(NoticeKind, True) == wanted


async def test_the_smarthost_does_not_take_it(store: Store, clock: Clock) -> None:
    """Refused for now: tried again soon, as the same notice; refused for good: not tried for ever."""
    await make_shop(store)
    await take(store, clock, MAIL, readings=[UNREADABLE])
    post = Post(Later("451 later"), Never("550 no"))
    role = notices(store, clock, post)
    await role.look()
    await role.look()
    tries = len(post.sent)
    clock.forward(minutes=6)
    await role.look()
    clock.forward(hours=2)
    await role.look()

    assert (1, 2) == (tries, len(post.sent))
    assert post.sent[0] == post.sent[1]


async def test_a_failed_copy(store: Store, clock: Clock) -> None:
    """A copy that failed for good is told of; sent again by hand and failed again, once more."""
    await make_shop(store)
    await take(store, clock, MAIL, readings=[reading_of()])
    post = Post()
    role = notices(store, clock, post)
    await role.look()
    before = list(post.sent)
    for _ in range(2):
        await fail_copies(store, clock)
        await role.look()
        await role.look()
        clock.forward(hours=2)
        async with store.transaction() as tx:
            await tx.jobs.retry(None, clock())

    assert [] == before
    assert ["Eine Kopie konnte nicht zugestellt werden"] * 2 == [subject for _, subject, _ in post.sent]


async def fail_copies(store: Store, clock: Clock) -> None:
    """Every copy that is due is refused for good."""
    async with store.transaction() as tx:
        due = await tx.jobs.claim(JobKind.COPY, clock(), timedelta(minutes=1), 10)
        await tx.jobs.record([Try(job, clock(), Never("550 no such user"), None) for job in due])
    assert due


async def test_a_silent_shop(store: Store, clock: Clock) -> None:
    """Told of once for each silence; an order ends it.  English, where the account is."""
    await make_shop(store)
    async with store.transaction() as tx:
        account = await tx.accounts.by_email(OWNER)
        assert account is not None
        await tx.accounts.change(replace(account, language="en"))
    post = Post()
    role = notices(store, clock, post)
    for number in range(8):
        await take(store, clock, MAIL + b"%d" % number, readings=[reading_of(replace(ORDER, number=str(number)))])
        clock.forward(hours=2)
    await role.look()
    lively = list(post.sent)
    for _ in range(3):
        clock.forward(hours=25)
        await role.look()
    silent = [subject for _, subject, _ in post.sent]
    await take(store, clock, MAIL + b"x", readings=[reading_of(replace(ORDER, number="x"))])
    clock.forward(hours=120)  # longer than the silence before
    await role.look()

    assert [] == lively
    assert ["A shop is silent longer than usual"] == silent
    assert 2 == len(post.sent)
    assert "Teeladen (12345)" in post.sent[0][2]
    assert b"Auto-Submitted: auto-generated" in post.raw[0]
    assert b"Content-Language: en" in post.raw[0]


async def test_the_mailbox_that_refuses_is_not_told(store: Store, clock: Clock) -> None:
    """That copies fail is told at the second address, if there is one: the first would refuse the notice, too."""
    await make_shop(store)
    async with store.reading() as tx:
        (account,) = await tx.accounts.all()
    await owners.change_account(store, replace(account, second_email="second@example.org"), "o", NOON)
    await take(store, clock, MAIL, readings=[UNREADABLE])
    async with store.transaction() as tx:
        (job,) = await tx.jobs.open(1)
        await tx.jobs.bounced(job.id, "bounced: 5.1.1", clock(), again=False)
    post = Post()
    await notices(store, clock, post).look()

    told = {
        "Eine Mail konnte nicht gelesen werden": OWNER,
        "Eine Kopie konnte nicht zugestellt werden": "second@example.org",
    }
    assert told == {subject: to for to, subject, _ in post.sent}
    assert told == {str(mail["Subject"]): mail["To"] for mail in map(_opened, post.raw)}


def _opened(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail
