"""Forged orders with the right layout, brought in by every way that a stranger has; and genuine ones by each of theirs.

The mails are signed and sealed here, verified by the real verifier with a DNS of a dict, and read by the real reader.
Whoever is genuine: jimdo.com, google.com, and the mail service of the owner, mailbox.example.  evil.example is not,
though its keys, SPF and policy are in order.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from smtpd_billbee import reader
from smtpd_billbee.auth.verifying import verify
from smtpd_billbee.model.evidence import UNANSWERED, Known
from smtpd_billbee.model.labels import TaughtLabel
from smtpd_billbee.model.mail import Mail, MailState
from smtpd_billbee.model.order import KeptOrder
from smtpd_billbee.model.reading import Reading
from smtpd_billbee.model.shop import ShopRules
from smtpd_billbee.model.trust import Believed, Judged, Level, Mark, Sort
from smtpd_billbee.store.store import Store
from smtpd_billbee.work.accepting import accept
from smtpd_billbee.work.bell import Bell
from smtpd_billbee.work.origins import Origins
from smtpd_billbee.work.reading import ReadingRole
from smtpd_billbee.work.trust import OTHER_SHOP
from smtpd_billbee.work.verifying import Loaded
from tests.auth.playing import SERVFAIL, Zone, key, sealed, signed
from tests.conftest import NOON, Clock
from tests.making import SHOP, TO_SHOP, arrival, make_shop
from tests.work.test_intake import running
from tests.work.test_reading import due

JIMDO, EVIL, GOOGLE, MAILBOX = "jimdo.com", "evil.example", "google.com", "mailbox.example"
OWNER, ADDRESS, HOST = "owner@mailbox.example", TO_SHOP.address, "teeladen.example"
DOMAINS = (JIMDO, EVIL, GOOGLE, MAILBOX)
PEERS = {domain: f"192.0.2.{number}" for number, domain in enumerate(DOMAINS, 1)}
KEYS = {domain: key(seed=number) for number, domain in enumerate(DOMAINS, 1)}
NAMES = "from:to:subject"

BODY = """\
you have received a new order via your website https://www.{host}/

Order number: {number}
Order date: 2 March 2026, 11:25
Payment method: Credit card

Billing address:
Ms Mary Sample
12 Mill Lane
York YO1 9ZZ
United Kingdom
mary.sample@example.net

Items:

3 x Green tea 250 g (SKU: TEA-77) 8.50 GBP 25.50 GBP
1 x Teapot, Colour: red (SKU: POT-1) 24.00 GBP 24.00 GBP

Subtotal: 49.50 GBP
Shipping: 4.00 GBP
Total: 53.50 GBP
"""


def order(
    number: int, to: str = ADDRESS, host: str = HOST, author: str = f"Jimdo <no-reply@{JIMDO}>",
    subject: str = "New order",
) -> bytes:  # fmt: skip
    """An order mail as Jimdo would write it; synthetic."""
    head = f"From: {author}\nTo: {to}\nSubject: {subject} {number}\nMessage-ID: <{number}@{JIMDO}>\n"
    head += "X-Sample: synthetic\n"
    return f"{head}\n{BODY.format(number=number, host=host)}".replace("\n", "\r\n").encode()


def by(domain: str, raw: bytes, **more: str | int) -> bytes:
    """Signed by this domain."""
    return signed(raw, domain, with_key=KEYS[domain], **({"names": NAMES} | more))  # type: ignore[arg-type]


def genuine(number: int, **more: str) -> bytes:
    """What Jimdo sends."""
    return by(JIMDO, order(number, **more))


def changed(raw: bytes) -> bytes:
    """As a forwarder leaves it that adds a line below."""
    return raw + b"-- \r\nForwarded for you\r\n"


def by_google(raw: bytes, dmarc: str) -> bytes:
    """As Gmail passes it on."""
    return sealed(raw, GOOGLE, f"dmarc={dmarc} header.from={JIMDO}", KEYS[GOOGLE])


def with_attached(inner: bytes, author: str, body: str = "see below") -> bytes:
    """A mail on which another one hangs, byte for byte."""
    head = (
        f"From: {author}\r\nTo: {ADDRESS}\r\nSubject: Fwd: order\r\nX-Sample: synthetic\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n'
    )
    text = body.replace("\n", "\r\n")
    return f"{head}{text}\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n".encode() + inner + b"\r\n--b--\r\n"


@dataclass(frozen=True)
class Brought:
    """A mail, and the session that brings it: a stranger's, unless something else is said."""

    raw: bytes
    via: str = EVIL
    sender: str = f"bounce@{EVIL}"


LIES = b"Authentication-Results: mx.inbound.example; dkim=pass header.d=jimdo.com; dmarc=pass header.from=jimdo.com\r\n"
FORGED = {
    "Jimdo's address from a stranger's server": Brought(order(1)),
    "Jimdo's envelope sender, too": Brought(order(2), sender=f"no-reply@{JIMDO}"),
    "the null sender": Brought(order(3), sender=""),
    "signed by the stranger": Brought(by(EVIL, order(4))),
    "Jimdo as the stranger's name": Brought(by(EVIL, order(5, author=f"no-reply@{JIMDO} <a@{EVIL}>"))),
    "Jimdo as a sub-domain of the stranger": Brought(by(EVIL, order(6, author=f"no-reply@{JIMDO}.{EVIL}"))),
    "two authors, one of them signed": Brought(b"From: <a@evil.example>\r\n" + genuine(7)),
    "a genuine mail with another text": Brought(genuine(8).replace(b"Mill Lane", b"Evil Lane")),
    "an order behind a signature with l=": Brought(
        signed(order(9)[:200], JIMDO, with_key=KEYS[JIMDO], names=NAMES, tags=" l=0;", length=0) + order(9)[200:]
    ),
    "a chain that the stranger has sealed": Brought(sealed(order(10), EVIL, "dmarc=pass header.from=jimdo.com",
                                                           KEYS[EVIL])),
    "through his own mailbox at Gmail": Brought(by_google(order(11), "fail"), GOOGLE, "evil@gmail.com"),
    "Gmail's seal copied to another mail": Brought(by_google(genuine(112), "pass").replace(b"112", b"412")),
    "lies about results": Brought(LIES + order(12)),
    "a forged mail that is attached": Brought(with_attached(order(14), f"a@{EVIL}")),
    "the owner's address": Brought(order(15, author=OWNER)),
    "the owner's address and envelope sender": Brought(order(16, author=OWNER), sender=OWNER),
    "the owner's address, signed by the stranger": Brought(by(EVIL, order(17, author=f"{OWNER} <a@{EVIL}>"))),
    "another one at the owner's mail service": Brought(
        by(MAILBOX, order(18, author=f"evil@{MAILBOX}")), MAILBOX, f"evil@{MAILBOX}"
    ),
}  # fmt: skip
OTHER_SHOPS = Brought(genuine(21, to=f"evil@{EVIL}", host="evil-shop.example"))
OTHER_SHOPS_TO_OWNER = Brought(genuine(22, to=OWNER, host="evil-shop.example"))
BREAKS_DKIM = Brought(changed(genuine(31, to=OWNER)), MAILBOX, OWNER)
GENUINE = {
    "from Jimdo": (Brought(genuine(41), JIMDO, f"bounce@{JIMDO}"), Level.A),
    "sent on by a mailbox, unchanged": (Brought(genuine(42, to=OWNER), MAILBOX, OWNER), Level.A),
    "sent on by Gmail, changed": (
        Brought(by_google(changed(genuine(43, to=OWNER)), "pass"), GOOGLE, "owner+caf_=x=y@gmail.com"), Level.B,
    ),
    "attached": (Brought(with_attached(genuine(44, to=OWNER), "friend@nowhere.example")), Level.B),
    "sent on by hand": (
        Brought(by(MAILBOX, order(45, author=f"Olga <{OWNER}>", subject="Fwd: New order")), MAILBOX, OWNER), Level.C,
    ),
}  # fmt: skip


def zone() -> Zone:
    """Keys, SPF and a policy of reject for everybody; gmail.com's mails come from Google's servers."""
    names: dict[str, dict[str, list[bytes]] | str] = {"gmail.com": {"TXT": [b"v=spf1 ip4:192.0.2.3 -all"]}}
    for domain in DOMAINS:
        names |= {
            domain: {"TXT": [f"v=spf1 ip4:{PEERS[domain]} -all".encode()]},
            f"s1._domainkey.{domain}": {"TXT": [KEYS[domain].record]},
            f"_dmarc.{domain}": {"TXT": [b"v=DMARC1; p=reject"]},
        }
    return Zone(names)


class RealReaders:
    """The reader itself, in this process."""

    async def read(self, raw: bytes, taught: Sequence[TaughtLabel] = ()) -> Reading:
        return reader.read(raw, taught)


@dataclass
class RealProofs:
    """The verifier itself, in this process."""

    dns: Zone = field(default_factory=zone)

    async def known_of(self, mail_id: int, loaded: Loaded | None = None) -> Known:
        assert loaded is not None
        return Known(verify(loaded.content, loaded.came, self.dns) if self.dns.names else UNANSWERED)


@dataclass
class Front:
    """A shop, seen from outside."""

    store: Store
    clock: Clock
    proofs: RealProofs = field(default_factory=RealProofs)

    def role(self) -> ReadingRole:
        return ReadingRole(
            self.store, RealReaders(), self.clock, Bell(), proofs=self.proofs,  # type: ignore[arg-type]
            origins=Origins(Believed(), ["inbound.example"]),
        )  # fmt: skip

    async def bring(self, *mails: Brought) -> list[Mail]:
        """Let them come in and be read; as they are then."""
        async with running(self.store) as intake:
            for each in mails:
                coming = arrival(each.raw, at=self.clock())
                session = replace(coming.session, peer=PEERS[each.via], helo=f"mx.{each.via}")
                await intake.accept(replace(coming, sender=each.sender, session=session))
        role = self.role()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(role.run())
            while await due(self.store, self.clock):  # noqa: ASYNC110 - the database rings no bell
                await asyncio.sleep(0.005)
            role.stop()
        async with self.store.reading() as tx:
            return list(reversed(await tx.mails.list(limit=len(mails))))

    async def judged(self, mail: Mail) -> Judged:
        async with self.store.reading() as tx:
            found = await tx.trust.judged(mail.id)
        assert found is not None
        return found

    async def orders(self) -> list[KeptOrder]:
        async with self.store.reading() as tx:
            return list(await tx.orders.list())


async def front(store: Store, clock: Clock, *, is_old: bool = False, **rules: str) -> Front:
    """A new shop that knows nothing; an old one has seen a mail from Jimdo and been told its site."""
    await make_shop(store, ShopRules(name="Teeladen", **rules), email=OWNER)  # type: ignore[arg-type]
    if is_old:
        async with store.transaction() as tx:
            await tx.trust.learn(SHOP, [Mark(Sort.HOST, HOST)], OWNER, NOON)
            await tx.trust.raise_best(SHOP, Level.A)
    return Front(store, clock)


@pytest.mark.parametrize("is_old", [False, True], ids=["new", "old"])
async def test_no_forged_order_is_imported(store: Store, clock: Clock, is_old: bool) -> None:
    """Each of them is read as an order, proves nothing, and waits for a person: in a new shop and in an old one."""
    shop = await front(store, clock, is_old=is_old)
    mails = await shop.bring(*FORGED.values())
    found = {
        name: ((await shop.judged(mail)).verdict.level, mail.state, mail.kind)
        for name, mail in zip(FORGED, mails, strict=True)
    }

    assert dict.fromkeys(FORGED, (Level.E, MailState.QUARANTINED, "order")) == found
    assert [] == await shop.orders()


async def test_a_forged_order_beside_a_genuine_mail(store: Store, clock: Clock) -> None:
    """A customer has mails of the shop that Jimdo has signed for him.  What hangs on a mail proves itself alone."""
    shop = await front(store, clock, is_old=True)
    theirs, forged = genuine(113, to="mary.sample@example.net"), BODY.format(number=13, host=HOST)
    await shop.bring(
        Brought(with_attached(theirs, f"a@{EVIL}", forged)),
        Brought(with_attached(by(JIMDO, b"From: a@jimdo.com\r\nSubject: Hello\r\n\r\nHello\r\n"), f"a@{EVIL}", forged)),
    )

    assert {order.order.number for order in await shop.orders()} <= {"113"}


def typed(number: int, content_type: str, body: str, subject: str = "New order", author: str = "no-reply@jimdo.com"
          ) -> bytes:  # fmt: skip
    """A mail with this body; synthetic."""
    head = f"From: {author}\nTo: {ADDRESS}\nSubject: {subject} {number}\nMessage-ID: <{number}@{JIMDO}>\n"
    head += f"X-Sample: synthetic\nMIME-Version: 1.0\nContent-Type: {content_type}\n"
    return f"{head}\n{body}".replace("\n", "\r\n").encode()


def by_jimdo(number: int, content_type: str, body: str, subject: str = "New order") -> Brought:
    """Signed and brought by Jimdo, type and all: by a form of the shop's site, or for a shop of the forger's own."""
    raw = by(JIMDO, typed(number, content_type, body, subject), names=f"{NAMES}:content-type")
    return Brought(raw, JIMDO, f"bounce@{JIMDO}")


def swapped(number: int) -> bytes:
    """A genuine mail of the forger's shop, whose note holds another order; the type, which nobody signed, is his."""
    note = f"--zz\nContent-Type: text/plain\n\n{BODY.format(number=number, host=HOST)}\n--zz--\n"
    body = f"{BODY.format(number=77, host='evil-shop.example')}\nNote:\n{note}"
    raw = by(JIMDO, typed(number, "text/plain; charset=utf-8", body))
    return raw.replace(b"text/plain; charset=utf-8", b'multipart/mixed; boundary="zz"', 1)


def html(number: int, below: str = "") -> str:
    """An order as a page."""
    rows = BODY.format(number=number, host=HOST).replace("\n", "<br>\n")
    return f"<html><body>{rows}{below}</body></html>\n"


def text(number: int) -> str:
    """An order as lines."""
    return BODY.format(number=number, host=HOST)


PLAIN = "text/plain; charset=utf-8"
OF_GENUINE = {
    "another type of the signed body": Brought(swapped(201)),
    "the same as an attached mail": Brought(with_attached(swapped(202), f"a@{EVIL}")),
    "the same through Gmail": Brought(by_google(swapped(203), "pass"), GOOGLE, "evil@gmail.com"),
    "by a server that Jimdo's SPF lets in": Brought(order(204), JIMDO, f"b@{JIMDO}"),
    "by another customer of the mailbox's service": Brought(order(205), MAILBOX, f"evil@{MAILBOX}"),
    "a guest book": by_jimdo(206, PLAIN, f"Eva schrieb:\n{text(206)}", f"Neuer Eintrag im Gästebuch auf {HOST}"),
    "a comment": by_jimdo(207, PLAIN, f"Eve wrote:\n{text(207)}", "New comment on your blog post"),
    "a form": by_jimdo(208, PLAIN, f"Feld 1: Eva\nFeld 2:\n{text(208)}", "Neuer Formulareintrag"),
    "a mail with the site's name": by_jimdo(209, PLAIN, text(209), HOST),
    "a form with a subject of one's own": by_jimdo(210, PLAIN, f"Name: Eve\nMessage:\n{text(210)}"),
    "a file that is shown below": by_jimdo(
        211, "multipart/mixed; boundary=b",
        f"--b\nContent-Type: text/plain\n\nHello\n--b\nContent-Type: text/html\n\n{html(211)}\n--b--\n",
    ),
    "another shop in a picture": by_jimdo(
        212, "text/html; charset=utf-8", html(212, '<img src="https://evil-shop.example/a.png">'),
    ),
    "the owner's mailbox answers": Brought(
        by(MAILBOX, typed(213, PLAIN, f"On holiday.\n\n{text(213)}", "Holiday: New order", OWNER)), MAILBOX, OWNER,
    ),
    "our address as the customer's": by_jimdo(214, PLAIN, text(214).replace("mary.sample@example.net", ADDRESS)),
}  # fmt: skip


@pytest.mark.parametrize("is_trusted", [False, True], ids=["told", "trusted"])
async def test_what_forgers_make_of_genuine_signatures(store: Store, clock: Clock, is_trusted: bool) -> None:
    """None is an order unasked, in a shop that was told its site, and in one whose owner has said yes."""
    shop = await front(store, clock, is_old=True)
    (_, by_mailbox) = await shop.bring(GENUINE["from Jimdo"][0], BREAKS_DKIM)
    if is_trusted:
        await accept(store, shop.role(), by_mailbox.id, True, OWNER, NOON)
    mails = await shop.bring(*OF_GENUINE.values())

    assert [] == [name for name, mail in zip(OF_GENUINE, mails, strict=True) if mail.state is MailState.ORDER]
    assert [] == [name for name, mail in zip(OF_GENUINE, mails, strict=True) if mail.kind not in ("order", None)]


async def test_a_genuine_mail_of_another_shop(store: Store, clock: Clock) -> None:
    """Jimdo has signed it, for somebody else: it waits in a shop that knows its site, and is to check in a new one.

    Even one that Jimdo has sent to the owner: everybody can order from his own shop in the owner's name.
    """
    shop = await front(store, clock, is_old=True)
    mails = await shop.bring(OTHER_SHOPS, OTHER_SHOPS_TO_OWNER)
    levels = [(await shop.judged(mail)).verdict.level for mail in mails]

    assert ([Level.D] * 2, [OTHER_SHOP] * 2) == (levels, [mail.reason for mail in mails])
    assert [MailState.QUARANTINED] * 2 == [mail.state for mail in mails]


async def test_what_a_new_shop_asks_about(store: Store, clock: Clock) -> None:
    """The server alone, and a Jimdo that may be anybody's: orders that a person has to look at."""
    shop = await front(store, clock)
    mails = await shop.bring(OTHER_SHOPS, BREAKS_DKIM)

    assert [Level.D] * 2 == [(await shop.judged(mail)).verdict.level for mail in mails]
    assert [MailState.TO_CHECK] * 2 == [mail.state for mail in mails]
    assert all(order.to_check for order in await shop.orders())


async def test_a_jimdo_shop_of_the_forgers_own(store: Store, clock: Clock) -> None:
    """Its orders go to our import address, or name it as the customer's; its texts name our site; Jimdo signs it all.

    A new shop asks, and learns nothing; once its owner has said yes to a mail of his, the forger's wait.
    """
    shop = await front(store, clock)
    theirs = "evil-shop.example"
    both = by(JIMDO, order(61, host=f"{HOST}/ and https://{theirs}"))
    (first, second) = await shop.bring(Brought(genuine(62, host=theirs)), Brought(both))
    (mine,) = await shop.bring(GENUINE["from Jimdo"][0])
    await accept(store, shop.role(), mine.id, True, OWNER, NOON)
    genuine_ones = await shop.bring(
        Brought(genuine(63), JIMDO), Brought(by_google(changed(genuine(64, to=OWNER)), "pass"), GOOGLE)
    )
    forged = await shop.bring(
        Brought(genuine(65, host=theirs), JIMDO),
        Brought(by(JIMDO, order(66, host=f"{HOST}/ and https://{theirs}")), JIMDO),
        Brought(genuine(67, host="www.jimdo.com"), JIMDO),
        Brought(by_google(changed(genuine(68, host=theirs)), "pass"), GOOGLE),
        Brought(by_google(b"Cc: " + ADDRESS.encode() + b"\r\n" + genuine(69, to="a@evil.example", host=theirs), "pass"),
                GOOGLE),
        Brought(by_google(genuine(70, to=f'"{ADDRESS}" <a@evil.example>', host=theirs), "pass"), GOOGLE),
    )  # fmt: skip
    contact = by(JIMDO, with_attached(order(71), f"no-reply@{JIMDO}"), names="from:to:subject:content-type")
    forged += await shop.bring(Brought(contact, JIMDO))

    assert [MailState.TO_CHECK] * 3 == [first.state, second.state, mine.state]
    assert [MailState.ORDER] * 2 == [mail.state for mail in genuine_ones]
    assert [MailState.QUARANTINED] * 7 == [mail.state for mail in forged]
    assert {"61", "62", "41", "63", "64"} == {order.order.number for order in await shop.orders()}
    assert {"61", "62"} == {order.order.number for order in await shop.orders() if order.to_check}


CONTACT_FORMS = {
    f"Nachricht über https://www.{HOST}/kontakt/":
        f"du hast eine Nachricht über deine Jimdo-Seite https://{HOST}/kontakt/ erhalten:\n\nName: Eva\n\nNachricht: ",
    f"Message via https://www.{HOST}/contact/":
        f"you have received a message via your Jimdo website https://www.{HOST}/contact/:\n\nName: Eve\n\nMessage: ",
    f"Neue Nachricht über das Kontaktformular auf {HOST}": "Name: Eva\n\nE-Mail: eva@evil.example\n\nNachricht:\n",
}  # fmt: skip


async def test_an_order_in_a_contact_form(store: Store, clock: Clock) -> None:
    """Everybody can write to a shop by its form, and Jimdo signs it: from its host, to its owner, with its site."""
    shop = await front(store, clock, is_old=True)
    head = f"From: no-reply@{JIMDO}\nTo: {OWNER}\nX-Sample: synthetic\nContent-Type: text/plain; charset=utf-8\n"
    mails = [
        f"{head}Subject: {subject}\n\n{words}{before}{BODY.format(number=number, host=HOST)}"
        for number, (subject, words) in enumerate(CONTACT_FORMS.items(), 91)
        for before in ("", "New order\n\n")
    ]
    brought = [Brought(by(JIMDO, each.replace("\n", "\r\n").encode()), JIMDO) for each in mails]
    found = await shop.bring(*brought)

    assert [(MailState.NOT_AN_ORDER, "contact_form")] * 6 == [(mail.state, mail.kind) for mail in found]


async def test_the_owners_mail_service_signs_nothing(store: Store, clock: Clock) -> None:
    """Every customer of it could write in his name: what he sends on by hand is asked about, and known after a yes."""
    shop = await front(store, clock, is_old=True)
    by_hand = Brought(order(81, author=OWNER), MAILBOX, OWNER)
    (mail,) = await shop.bring(by_hand)

    assert (Level.D, MailState.QUARANTINED) == ((await shop.judged(mail)).verdict.level, mail.state)


async def test_each_genuine_way(store: Store, clock: Clock) -> None:
    """From Jimdo, by Gmail (ARC), attached, and by hand: each has the level of mail.md 6.2, and becomes an order."""
    shop = await front(store, clock, is_old=True)
    mails = await shop.bring(*(brought for brought, _ in GENUINE.values()))
    found = {name: (await shop.judged(mail)).verdict.level for name, mail in zip(GENUINE, mails, strict=True)}

    assert {name: level for name, (_, level) in GENUINE.items()} == found
    assert {MailState.ORDER} == {mail.state for mail in mails}
    assert {"41", "42", "43", "44", "45"} == {order.order.number for order in await shop.orders()}


async def test_a_mailbox_that_breaks_signatures(store: Store, clock: Clock) -> None:
    """Where better was seen it waits; its owner says once that it is his, and the next ones are orders."""
    shop = await front(store, clock, is_old=True)
    (first,) = await shop.bring(BREAKS_DKIM)
    await accept(store, shop.role(), first.id, True, OWNER, NOON)
    (second, forged) = await shop.bring(
        replace(BREAKS_DKIM, raw=changed(genuine(32, to=OWNER))), replace(BREAKS_DKIM, raw=order(33), via=EVIL)
    )

    assert (MailState.QUARANTINED, Level.D) == (first.state, (await shop.judged(first)).verdict.level)
    assert [MailState.ORDER, MailState.QUARANTINED] == [second.state, forged.state]


async def test_a_genuine_mail_comes_again(store: Store, clock: Clock) -> None:
    """Whoever sends it once more: it is known, and changes nothing.  So it is with another Message-ID."""
    shop = await front(store, clock, is_old=True)
    first, again, other = await shop.bring(
        Brought(genuine(51), JIMDO, f"bounce@{JIMDO}"),
        Brought(b"X-Again: 1\r\n" + genuine(51)),
        Brought(genuine(51).replace(b"Message-ID: <51@", b"Message-ID: <52@")),
    )

    assert [MailState.ORDER, MailState.DUPLICATE, MailState.DUPLICATE] == [first.state, again.state, other.state]
    assert ["51"] == [order.order.number for order in await shop.orders()]


async def test_a_forger_who_breaks_dns(store: Store, clock: Clock) -> None:
    """Without an answer nothing is proved: not for ever, and not by default."""
    shop = await front(store, clock)
    names = dict.fromkeys((name for name in zone().names), SERVFAIL)
    shop.proofs = RealProofs(Zone(names))
    mails = await shop.bring(FORGED["signed by the stranger"], GENUINE["from Jimdo"][0])

    assert [MailState.QUARANTINED] * 2 == [mail.state for mail in mails]
    assert [] == await shop.orders()
