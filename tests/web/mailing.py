"""Mails of many fates for the pages that show them, brought in by the real intake; all synthetic."""

import asyncio
from datetime import timedelta
from pathlib import Path

from smtpd_billbee.model.job import Attempt, JobKind, Never, Try
from smtpd_billbee.model.mail import Recipient
from smtpd_billbee.model.user import UserRole
from smtpd_billbee.store.store import Store
from smtpd_billbee.work.intake import Intake
from smtpd_billbee.work.keeping import IntakeSettings
from tests.making import OWNER, SHOP, TO_SHOP, arrival, make_shop
from tests.web.asking import Window, now

MAILS = Path(__file__).parents[1] / "mails"
STRANGER, OTHER_SHOP = "stranger@example.org", 54321
TO_OTHER = Recipient("54321-jimdo-orderimport@inbound.example", OTHER_SHOP, "jimdo")
REFUSED = Never("550 5.1.1 <owner@example.org>: no such mailbox")


def sample(name: str) -> bytes:
    """A mail of tests/mails/, as SMTP brings it."""
    return (MAILS / f"{name}.eml").read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def html_mail(html: str, subject: str = "Neue Bestellung") -> bytes:
    """A mail of HTML alone."""
    head = f"From: Shop <shop@shop.example>\r\nSubject: {subject}\r\nX-Sample: synthetic\r\nMIME-Version: 1.0\r\n"
    return (head + "Content-Type: text/html; charset=utf-8\r\n\r\n" + html).encode()


async def people(window: Window) -> None:
    """An owner with a shop, a stranger with another one, and a reader who looks at the owner's."""
    await make_shop(window.store)
    await make_shop(window.store, shop_id=OTHER_SHOP, email=STRANGER)
    await window.user(OWNER, account=OWNER)
    await window.user(STRANGER, account=STRANGER)
    await window.user("reader@example.org", UserRole.READER, OWNER)


async def keep(store: Store, content: bytes, to: Recipient = TO_SHOP) -> int:
    """Bring a mail in; its number."""
    intake = Intake(store, IntakeSettings(frozenset({"inbound.example"}), "", bytes(32)))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(intake.run())
        await intake.accept(arrival(content, to, at=now()))
        intake.stop()
    async with store.reading() as tx:
        return (await tx.mails.list(to.shop_id, limit=1))[0].id


async def read(window: Window, *mail_ids: int) -> None:
    """Let the reader have them."""
    await window.hands.reading.reread(mail_ids)


async def try_copy(store: Store, attempt: Attempt = REFUSED) -> None:
    """Every copy that is due has this outcome."""
    async with store.transaction() as tx:
        due = await tx.jobs.claim(JobKind.COPY, now() + timedelta(seconds=1), timedelta(minutes=1), 100)
        await tx.jobs.record([Try(job, now(), attempt, None) for job in due])


async def shop_with_mails(window: Window) -> dict[str, int]:
    """An order, an activation mail and an unreadable one, whose copies failed; and a mail of a stranger."""
    await people(window)
    found = {
        "order": await keep(window.store, sample("s_woo_html-de-01")),
        "activation": await keep(window.store, sample("n_activation-de-01")),
        "unreadable": await keep(window.store, sample("u_nonumber-de-01")),
        "foreign": await keep(window.store, sample("s_woo_html-de-01"), TO_OTHER),
    }
    await read(window, *found.values())
    await try_copy(window.store)
    return found


__all__ = ["OTHER_SHOP", "OWNER", "REFUSED", "SHOP", "STRANGER"]
