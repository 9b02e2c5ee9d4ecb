"""The copy of a mail that nobody has signed, as every installation sends it at first; and it comes back."""

import asyncio
import smtplib
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from tests.formats.test_bounces import report
from tests.formats.test_wrapping import carried
from tests.journeys.orders import order_mail
from tests.journeys.running import serving
from tests.journeys.senders import send

UNKNOWN = report("failed", "5.1.1", "smtp; 550 5.1.1 no such user")


async def test_copy_and_bounce(tmp_path: Path):
    """It hangs on a mail of ours; back at our door it is known; its bounce fails the copy; forged ones are 550."""
    async with serving(tmp_path, wrap="unsigned") as (server, sink):
        await asyncio.to_thread(send, server.port, order_mail(601))
        await sink.wait_for(1)
        copy = sink.mails[0]
        await asyncio.to_thread(send, server.port, b"Received: from mailbox.example; now\r\n" + copy.raw)
        stray = await asyncio.to_thread(_bounce, server.port, copy.sender, b"Subject: Thanks\r\n\r\nThank you\r\n")
        taken = await asyncio.to_thread(_bounce, server.port, copy.sender)
        forged = await asyncio.to_thread(_bounce, server.port, f"copy+{'a' * 16}.1@bounce.example")
        mails = {mail["id"]: mail for mail in await server.json("mail", "list")}
        (job,) = (await server.json("mail", "show", "1"))["jobs"]

    assert (250, 550, 550) == (taken, forged, stray)
    assert carried(copy.raw).endswith(order_mail(601))
    assert "our own copy of mail 1 came back" == mails[2]["reason"]
    assert ("failed", "bounced: 5.1.1 550 5.1.1 no such user") == (job["state"], job["last_reply"])
    assert "about the copy of mail 1: it could not be delivered (5.1.1)" == mails[3]["reason"]
    assert [1, 2, 3] == sorted(mails)
    assert [copy] == sink.mails


async def test_the_copy_of_a_mail_that_waits(tmp_path: Path):
    """Its order waits for its owner, for it came without the secret; the copy says so before all else."""
    async with serving(tmp_path, wrap="unsigned", wait="20") as (server, sink):
        await server.json("shop", "secret", "12345")
        await server.json("shop", "set", "12345", "only_with_secret=true")
        await asyncio.to_thread(send, server.port, order_mail(602))
        await sink.wait_for(1)

    text = message_from_bytes(sink.mails[0].raw, policy=default).get_body()
    assert text is not None
    said = " ".join(text.get_content().split())
    assert "Aus dieser E-Mail ist keine Bestellung geworden: sie kam an die Adresse ohne Geheimnis" in said


def _bounce(port: int, recipient: str, raw: bytes = UNKNOWN) -> int:
    """Send a bounce as a mail system does; the answer to RCPT, or to the mail."""
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.ehlo("mailbox.example")
        client.mail("")
        code, _ = client.rcpt(recipient)
        return client.data(raw)[0] if code == 250 else code
