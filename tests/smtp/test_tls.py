"""The certificate of the door, also when its file changes."""

import os
import shutil
import ssl
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from smtpd_billbee.errors import ConfigError
from smtpd_billbee.smtp.tls import Certificate
from tests.smtp.playing import CERTIFICATES, calling, open_door
from tests.smtp.test_dialogs import shake_hands


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate and its key in files that a test may change."""
    certificate, key = tmp_path / "mx.pem", tmp_path / "mx.key"
    put("mx", certificate, key, stamp=1)
    return certificate, key


def put(name: str, certificate: Path, key: Path, stamp: int) -> None:
    """Copy a pair over it, as of that second."""
    for source, target in ((f"{name}.pem", certificate), (f"{name}.key", key)):
        shutil.copy(CERTIFICATES / source, target)
        os.utime(target, (stamp, stamp))


def shown(context: ssl.SSLContext) -> bytes:
    """The certificate that a peer sees, by a handshake in memory."""
    client_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client_context.check_hostname, client_context.verify_mode = False, ssl.CERT_NONE
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = context.wrap_bio(to_server, to_client, server_side=True)
    client = client_context.wrap_bio(to_client, to_server)
    for side in (client, server, client, server):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    return client.getpeercert(binary_form=True) or b""


def der(name: str) -> bytes:
    return ssl.PEM_cert_to_DER_cert((CERTIFICATES / f"{name}.pem").read_text())


def test_renewed(pair: tuple[Path, Path]):
    """A renewed pair is shown to the next peer, without a restart."""
    certificate = Certificate(*pair)
    before = shown(certificate.context)
    put("renewed", *pair, stamp=2)
    certificate.refresh()

    assert [der("mx"), der("renewed")] == [before, shown(certificate.context)]


def test_half_renewed(pair: tuple[Path, Path]):
    """A renewal that is half done ends nothing: the old pair serves until the new one is whole."""
    certificate = Certificate(*pair)
    shutil.copy(CERTIFICATES / "renewed.pem", pair[0])
    with capture_logs() as entries:
        certificate.refresh()
        certificate.refresh()
    in_between = shown(certificate.context)
    put("renewed", *pair, stamp=3)
    certificate.refresh()

    assert ["certificate kept"] == [entry["event"] for entry in entries]
    assert [der("mx"), der("renewed")] == [in_between, shown(certificate.context)]


def test_gone(pair: tuple[Path, Path]):
    """Files that vanish end nothing either."""
    certificate = Certificate(*pair)
    pair[0].unlink()
    certificate.refresh()

    assert der("mx") == shown(certificate.context)


def test_a_file_that_cannot_be_looked_at(pair: tuple[Path, Path]):
    """Nor does one of which the system says an error when it is asked for: the door's clocks would stand still."""
    certificate = Certificate(*pair)
    pair[0].unlink()
    pair[0].symlink_to("a" * 300)
    certificate.refresh()
    in_between = shown(certificate.context)
    pair[0].unlink()
    put("renewed", *pair, stamp=3)
    certificate.refresh()

    assert [der("mx"), der("renewed")] == [in_between, shown(certificate.context)]


def test_no_tickets(pair: tuple[Path, Path]):
    """Exchange Online gives up over tickets behind a TLS 1.3 handshake (golang/go 70232)."""
    assert 0 == Certificate(*pair).context.num_tickets


@pytest.mark.parametrize(
    ("certificate", "key", "words"),
    [
        ("mx.pem", "renewed.key", ["smtp.tls_key", "not the key of the certificate"]),
        ("mx.pem", "locked.key", ["smtp.tls_key"]),
        ("mx.key", "mx.key", ["smtp.tls_certificate"]),
        ("nothing.pem", "mx.key", ["smtp.tls_certificate", "cannot read"]),
    ],
)
def test_cannot_be_used(certificate: str, key: str, words: list[str]):
    """A pair that cannot serve is a sentence with the setting's name, at the start."""
    with pytest.raises(ConfigError) as raised:
        Certificate(CERTIFICATES / certificate, CERTIFICATES / key)

    assert [] == [word for word in words if word not in str(raised.value)]


@pytest.mark.parametrize("noise", [b"\x16\x03\x01", b"GET / HTTP/1.1\r\n\r\n", b"\0" * 5000, b""])
async def test_no_handshake(noise: bytes):
    """A peer that says STARTTLS and then anything else costs a line in the log; the next one is served."""
    async with open_door(tls=True, handshake=0.2) as opened:
        with capture_logs() as entries:
            async with calling(opened) as peer:
                await peer.say(b"STARTTLS\r\n")
                await peer.send(noise)
                await peer.reader.read()
        async with calling(opened) as peer:
            assert (await peer.say(b"NOOP\r\n")).startswith("250")

    assert ["no tls"] == [entry["event"] for entry in entries if entry["log_level"] != "debug"]


async def test_noise_under_tls():
    """Octets that are no TLS, in the middle of it, end the session like any lost connection: no error of ours."""
    async with open_door(tls=True) as opened:
        with capture_logs() as entries:
            async with calling(opened) as peer:
                await peer.say(b"STARTTLS\r\n")
                await shake_hands(peer)
                await peer.say(b"EHLO a.example\r\n")
                wire = peer.writer.transport.get_extra_info("socket")
                os.write(wire.fileno(), b"this is no record of TLS\r\n")
                await peer.reader.read()

    assert [] == [entry for entry in entries if entry["log_level"] in ("warning", "error")]
