"""The list of mails and the page of one."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import update

from smtpd_billbee.model.job import JobState
from smtpd_billbee.model.labels import TaughtLabel
from smtpd_billbee.model.mail import MailState
from smtpd_billbee.model.user import UserRole
from smtpd_billbee.store.tables import jobs, mails, orders
from smtpd_billbee.work.teaching import teach
from tests.web.asking import Window, now
from tests.web.browser import needs_browser, page_of, sign_in
from tests.web.mailing import OWNER, REFUSED, SHOP, html_mail, keep, people, read, shop_with_mails

ODD = (
    b"From: Shop <shop@shop.example>\r\nSubject: Neue Bestellung\r\nX-Sample: synthetic\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
    b"Neue Bestellung in Ihrem Shop\r\n\r\nVorgangskennung: 77812\r\nBestelldatum: 02.03.2026\r\n\r\n"
    b"Rechnungsadresse:\r\nAnna Beispiel\r\nLindenweg 7\r\n12345 Musterstadt\r\nDeutschland\r\n\r\n"
    b"1 x Tasse Blau (Art.-Nr. A-1)  14,90 EUR\r\n\r\nVersandkosten: 4,90 EUR\r\nGesamtsumme: 19,80 EUR\r\n"
    b"Zahlungsart: Rechnung\r\n"
)
HOSTILE = """<html><head><meta http-equiv="refresh" content="0;url={evil}/">
<link rel="stylesheet" href="{evil}/x.css"><link rel="prefetch" href="{evil}/p">
<script>parent.document.title = "owned"</script></head>
<body onload="parent.document.title = 'owned'"><p>Hallo</p><img src="{evil}/pixel.png">
<div style="background:url({evil}/bg.png)">x</div><iframe src="{evil}/f"></iframe><IFRAME
src="{evil}/g"></IFRAME>
<object data="{evil}/o"></object><embed src="{evil}/e"><a href="{evil}/l">Link</a>
<form action="{evil}/"><button>x</button></form>
<table width="2000"><tr><td>breit</td></tr></table></body></html>"""


async def test_the_list_says_what_became_of_each(window: Window) -> None:
    """Newest first, with subject, sender, fate, and where the copy stands; nobody else's."""
    ids = await shop_with_mails(window)
    async with window.signed_in(OWNER) as visitor:
        page = (await visitor.get("/mails", follow_redirects=True)).text

    linked = [int(each) for each in re.findall(r'href="/mails/(\d+)"', page)]
    assert [ids["unreadable"], ids["activation"], ids["order"]] == linked
    assert page.count("unreadable</span>") == 1
    assert page.count("failed</span>") == 3


@dataclass
class Evil:
    """A host that a mail wants to reach, and how often it was."""

    address: str
    visits: int = 0


@asynccontextmanager
async def evil_host() -> AsyncIterator[Evil]:
    """A server on a free port that counts who comes."""

    def visited(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        evil.visits += 1
        writer.close()

    server = await asyncio.start_server(visited, "127.0.0.1", 0)
    evil = Evil(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    async with server:
        yield evil


FILTERS = {
    "fate=unreadable": ["unreadable"],
    "copy=failed": ["unreadable", "activation", "order"],
    "copy=sent": [],
    "shop=54321": [],
    "shop=12345&fate=order": ["order"],
    "q=SHOP-ADRESSE": ["activation"],
    "q=%25": [],
    "since=2100-01-01": [],
    "until=2100-01-01&fate=order": ["order"],
    "until=nonsense&shop=x&fate=x&copy=x": ["unreadable", "activation", "order"],
    "sort=received_at__asc": ["order", "activation", "unreadable"],
}


async def test_filters(window: Window) -> None:
    """Each narrows the list; a filter that means nothing narrows nothing, and a per cent sign is a letter."""
    ids = await shop_with_mails(window)
    found = {}
    async with window.signed_in(OWNER) as visitor:
        for query in FILTERS:
            page = (await visitor.get(f"/mails/list?{query}")).text
            found[query] = [int(each) for each in re.findall(r'href="/mails/(\d+)"', page)]

    assert {query: [ids[name] for name in names] for query, names in FILTERS.items()} == found


async def test_nobody_sees_a_strangers_mail(window: Window) -> None:
    """A foreign number answers as one that does not exist, on every path; an administrator sees it."""
    ids = await shop_with_mails(window)
    await window.user("admin@example.org", UserRole.ADMINISTRATOR)
    paths = ["", "/raw", "/html"]
    async with window.signed_in(OWNER) as visitor:
        answers = [await visitor.get(f"/mails/{number}{path}") for number in (ids["foreign"], 999) for path in paths]
        posts = [
            await visitor.post(f"/mails/{ids['foreign']}/{act}", f"/mails/{ids['order']}")
            for act in ("reread", "resend", "file-away")
        ]
        odd = [await visitor.get(f"/mails/{number}") for number in ("x", "-1", "9" * 30, "1/raw/x")]
    async with window.signed_in("admin@example.org") as admin:
        seen = await admin.get(f"/mails/{ids['foreign']}")

    assert {404} == {answer.status_code for answer in [*answers, *posts, *odd]}
    assert 200 == seen.status_code


async def test_a_reader_changes_nothing(window: Window) -> None:
    """He sees the mail without buttons, and a form of his own is refused."""
    ids = await shop_with_mails(window)
    async with window.signed_in("reader@example.org") as visitor:
        page = (await visitor.get(f"/mails/{ids['order']}")).text
        answers = [
            await visitor.post(f"/mails/{ids['order']}/{act}", "/mails/list")
            for act in ("reread", "resend", "file-away")
        ]

    assert ("/reread" in page, {403}) == (False, {answer.status_code for answer in answers})


async def test_why_and_what_the_server_said(window: Window) -> None:
    """The page tells the reason in the reader's language and the answer of the server to each try."""
    ids = await shop_with_mails(window)
    async with window.signed_in(OWNER, "de") as visitor:
        page = unescape((await visitor.get(f"/mails/{ids['unreadable']}")).text)

    assert "ihre Nummer" in page
    assert REFUSED.reply in page
    assert "Neu lesen" in page


async def test_the_confirmation_is_shown(window: Window) -> None:
    """The link of an activation mail with its host; it opens elsewhere and is told nothing of us."""
    ids = await shop_with_mails(window)
    async with window.signed_in(OWNER) as visitor:
        page = (await visitor.get(f"/mails/{ids['activation']}")).text

    assert "wants a confirmation from you" in page
    assert 'rel="noopener noreferrer"' in page


async def test_send_the_copy_again(window: Window) -> None:
    """It is due at once, the relay is rung, and the journal says who did it."""
    ids = await shop_with_mails(window)
    async with window.signed_in(OWNER) as visitor:
        answer = await visitor.post(f"/mails/{ids['order']}/resend", f"/mails/{ids['order']}")
    async with window.store.reading() as tx:
        (job,) = await tx.jobs.of_mail(ids["order"])

    assert (303, JobState.PENDING, 0) == (answer.status_code, job.state, job.attempts)


async def test_read_again_shows_the_difference(window: Window) -> None:
    """After a label was taught, the unreadable mail becomes an order, and the page says so field by field."""
    await people(window)
    mail = await keep(window.store, ODD)
    await read(window, mail)
    await teach(window.store, TaughtLabel("de", "number", "Vorgangskennung"), SHOP, "test", now())
    async with window.signed_in(OWNER) as visitor:
        page = unescape((await visitor.post(f"/mails/{mail}/reread", f"/mails/{mail}")).text)
        again = unescape((await visitor.post(f"/mails/{mail}/reread", f"/mails/{mail}")).text)

    assert "It was: unreadable. It is now: order" in page
    assert "<ins>77812</ins>" in page
    assert "Every field reads as before." in again


async def test_file_away(window: Window) -> None:
    """A person says that an unreadable mail is no order; once only, and not of an order."""
    ids = await shop_with_mails(window)
    async with window.signed_in(OWNER) as visitor:
        for name in ("unreadable", "unreadable", "order"):
            await visitor.post(f"/mails/{ids[name]}/file-away", f"/mails/{ids[name]}")
    async with window.store.reading() as tx:
        states = [(await tx.mails.get(ids[name])).state for name in ("unreadable", "order")]  # type: ignore[union-attr]

    assert [MailState.NOT_AN_ORDER, MailState.ORDER] == states


async def test_the_raw_mail_is_saved_never_shown(window: Window) -> None:
    """What came in, byte by byte, behind our trace headers."""
    await people(window)
    content = html_mail("<p>x</p>")
    mail = await keep(window.store, content)
    async with window.signed_in(OWNER) as visitor:
        answer = await visitor.get(f"/mails/{mail}/raw")

    assert answer.content.endswith(content)
    assert f'attachment; filename="mail-{mail}.eml"' == answer.headers["content-disposition"]


async def test_the_safe_view(window: Window) -> None:
    """The HTML stands in a sandbox that loads nothing, and only in a frame of ours; elsewhere its words are text."""
    await people(window)
    mail = await keep(window.store, html_mail(HOSTILE, "<script>alert(1)</script>"))
    await read(window, mail)
    async with window.signed_in(OWNER) as visitor:
        view = await visitor.get(f"/mails/{mail}/html")
        page = (await visitor.get(f"/mails/{mail}")).text

    policy = view.headers["content-security-policy"]
    assert ["default-src 'none'", "sandbox", "frame-ancestors 'self'"] == [
        each for each in policy.split("; ") if each in ("default-src 'none'", "sandbox", "frame-ancestors 'self'")
    ]
    assert ("script-src" in policy, "SAMEORIGIN") == (False, view.headers["x-frame-options"])
    assert "<script>alert(1)</script>" not in page
    assert '<iframe class="mail-frame" sandbox src=' in page


@needs_browser
@pytest.mark.parametrize("phone", [False, True])
async def test_a_hostile_mail_in_the_browser(window: Window, phone: bool) -> None:
    """No script of it runs, nothing is asked of another host, and the page is not wider than the phone."""
    await people(window)
    async with evil_host() as evil, page_of(window, phone=phone, may_complain=True) as page:
        mail = await keep(window.store, html_mail(HOSTILE.replace("{evil}", evil.address)))
        await read(window, mail)
        await sign_in(page, OWNER)
        await page.goto(f"/mails/{mail}")
        frame = page.frame_locator("iframe")
        await frame.locator("text=Hallo").wait_for()
        await frame.locator("text=Link").click(force=True)

        assert ("owned" in await page.title(), evil.visits) == (False, 0)
        assert await page.evaluate("document.documentElement.scrollWidth") <= (360 if phone else 1280)
        await page.goto("/mails/list")
        assert evil.visits == 0
        assert await page.evaluate("document.documentElement.scrollWidth") <= (360 if phone else 1280)


async def test_a_removed_mail(window: Window) -> None:
    """Its page and its order's say what is kept; nothing offers what cannot be done, and an old form is told why."""
    ids = await shop_with_mails(window)
    mail_id, told = ids["order"], []
    async with window.store.transaction() as tx:
        mail = await tx.mails.get(mail_id)
        await tx.connection.execute(update(jobs).values(state=JobState.SENT))
        await tx.connection.execute(update(mails).where(mails.c.id == mail_id).values(state=MailState.ORDER))
        await tx.connection.execute(update(orders).values(to_check=False))
        removed = await tx.retention.remove([mail_id], now() + timedelta(minutes=1))
    async with window.signed_in(OWNER) as visitor:
        page = (await visitor.get(f"/mails/{mail_id}")).text
        order = await visitor.get(f"/orders/{mail.order_id if mail else 0}")
        gone = [(await visitor.get(f"/mails/{mail_id}/{what}")).status_code for what in ("raw", "html")]
        workbench = (await visitor.get(f"/workbench?mail={mail_id}")).status_code
        for what in ("reread", "resend"):
            answer = await visitor.post(f"/mails/{mail_id}/{what}", f"/mails/{ids['unreadable']}")
            told.append((await visitor.get(answer.headers["location"])).text)

    assert (1, [404, 404], 404, 200) == (removed, gone, workbench, order.status_code)
    assert "The mail itself was removed" in page
    assert not [what for what in ("reread", "resend", "raw") if f"/mails/{mail_id}/{what}" in page]
    assert [True, True] == ["the mail itself was removed" in text for text in told]
