"""What is handed to the reception with each mail, and what the log says of it."""

import re

from structlog.testing import capture_logs

from smtpd_billbee.model.mail import Session
from tests.smtp.playing import NOON, Open, calling, open_door
from tests.smtp.test_dialogs import shake_hands

MAIL = b"Subject: geheim\r\n\r\nsynthetic\r\n"


async def test_arrival(opened: Open):
    """Envelope, session facts and trace headers; the reply names the id that stands in Received."""
    async with calling(opened) as peer:
        await peer.say(b"MAIL FROM:<Shop@jimdo.example> BODY=8BITMIME SMTPUTF8\r\n")
        await peer.say(b"RCPT TO:<12345-jimdo-orderimport@inbound.example>\r\n")
        await peer.say(b"RCPT TO:<12345-jimdo-orderimport@inbound.example>\r\n")
        await peer.say(b"RCPT TO:<23456-jimdo-orderimport@inbound.example>\r\n")
        await peer.say(b"DATA\r\n")
        reply = await peer.say(MAIL + b".\r\n")
        port = peer.writer.get_extra_info("sockname")[1]
    (arrival,) = opened.reception.mails

    assert f"250 2.0.0 Accepted as {arrival.queue_id}\r\n" == reply
    assert ("Shop@jimdo.example", NOON, MAIL) == (arrival.sender, arrival.received_at, arrival.content)
    assert [12345, 23456] == [recipient.shop_id for recipient in arrival.recipients]
    assert Session("127.0.0.1", port, "client.example", None, True, True, "8BITMIME") == arrival.session
    assert arrival.trace.startswith(b"Return-Path: <Shop@jimdo.example>\r\nReceived: from client.example ([127.0.0.1])")
    assert b"with UTF8SMTP\r\n\tid " + arrival.queue_id.encode() in arrival.trace
    assert b"orderimport" not in arrival.trace  # RFC 5321 7.2: with several recipients none is named


async def test_arrival_under_tls():
    """What was said before STARTTLS is forgotten; the mail's facts have the TLS version (RFC 3848: ESMTPS)."""
    async with open_door(tls=True) as opened, calling(opened) as peer:
        await peer.say(b"STARTTLS\r\n")
        await shake_hands(peer)
        await peer.say(b"EHLO secret.example\r\n")
        await peer.begin_data()
        await peer.say(MAIL + b".\r\n")
        (arrival,) = opened.reception.mails

    assert "secret.example" == arrival.session.helo
    assert re.fullmatch(r"TLSv1\.[23] \w+", arrival.session.tls or "")
    assert f"with ESMTPS ({arrival.session.tls})".encode() in arrival.trace


async def test_plain_smtp(opened: Open):
    """HELO instead of EHLO: SMTP in Received, and no domain where none was given."""
    async with calling(opened, hello=False) as peer:
        await peer.hear()
        await peer.say(b"HELO not a name\r\n")
        await peer.begin_data()
        await peer.say(MAIL.replace(b"\r\n\r\n", b"\n\r\n") + b".\r\n")
    (arrival,) = opened.reception.mails

    assert (False, True) == (arrival.session.esmtp, arrival.bare_lf)
    assert b"Received: from [127.0.0.1] ([127.0.0.1] HELO not?a?name)\r\n\tby mx.example with SMTP\r\n" in arrival.trace


async def test_log(opened: Open):
    """The diary has the mail's id, the peer and the size; no address and no subject."""
    with capture_logs() as entries:
        async with calling(opened) as peer:
            await peer.begin_data()
            await peer.say(MAIL + b".\r\n")
            await peer.name_recipient("99999-jimdo-orderimport@inbound.example")
    (accepted,) = [entry for entry in entries if entry["event"] == "accepted"]

    assert (opened.reception.mails[0].queue_id, len(MAIL), 1) == (
        accepted["mail"],
        accepted["size"],
        accepted["recipients"],
    )
    assert not re.search("geheim|orderimport|jimdo", repr(entries))
