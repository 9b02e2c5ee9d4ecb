"""What we sign is right for everybody: dkimpy and openssl judge it, and our own verifier does."""

import dataclasses
import functools
import re
import shutil
import subprocess
from pathlib import Path

import dkim
import pytest

from smtpd_billbee.auth.own_keys import BadKeyFile, OwnKey, new_key, own_key_of, record_strings
from smtpd_billbee.auth.own_signatures import arc_seal, dkim_signature
from smtpd_billbee.auth.verifying import verify
from smtpd_billbee.model.evidence import Arc, Evidence, Result
from smtpd_billbee.model.mail import Delivery
from tests.auth.playing import AT, Zone, mail
from tests.pace import LINEAR, growth

OURS = "bounce.example"
RESULTS = b"mx.inbound.example;\r\n\tdkim=pass header.d=shop.example;\r\n\tdmarc=pass header.from=shop.example"
SEALED = Evidence(arc=Arc(Result.PASS))


@functools.cache
def own(number: int = 7) -> OwnKey:
    """A key of this run, another one for each number."""
    return new_key(OURS, "s1", 1024)


def dns(name: bytes, timeout: int = 5) -> bytes | None:
    """dkimpy's look-up."""
    return own().record.encode() if name.rstrip(b".") == own().name.encode() else None


def proved(raw: bytes) -> Evidence:
    """What our own verifier finds."""
    zone = Zone({own().name: {"TXT": [own().record.encode()]}})
    return verify(raw, Delivery("192.0.2.1", "h.example", "", AT), zone)


@pytest.mark.parametrize(
    "raw",
    [
        mail(f"Ours <copy@{OURS}>"),
        mail(f"copy@{OURS}", body=""),
        mail(f"copy@{OURS}", body=" a \t b \r\n\r\n\r\n"),
        mail(f"copy@{OURS}", body="no end"),
        mail(f"copy@{OURS}", more="Reply-To: a@b.example\r\nMIME-Version: 1.0\r\n folded\r\n"),
        mail(f"copy@{OURS}").replace(b"\r\n", b"\n"),
    ],
    ids=range(6),
)
def test_our_mails(raw: bytes) -> None:
    """dkimpy and we find the signature right, and aligned with the author."""
    signed = dkim_signature(raw, own(), AT) + raw

    assert dkim.verify(signed.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), dnsfunc=dns)
    assert proved(signed).signed
    assert max(len(line) for line in dkim_signature(raw, own(), AT).split(b"\r\n")) < 79


@pytest.mark.parametrize(
    "change",
    [
        (b"Order 1", b"Order 2"),
        (b"Subject: Order", b"Subject: Other"),
        (b"X-Sample", b"Subject: another\r\nX-Sample"),
        (b"X-Sample", b"From: evil@evil.example\r\nX-Sample"),
        (b"X-Sample", b"Reply-To: evil@evil.example\r\nX-Sample"),
    ],
    ids=["body", "subject", "second subject", "second author", "answers elsewhere"],
)
def test_changed(change: tuple[bytes, bytes]) -> None:
    """Whoever changes what a reader sees, or adds to it, breaks the signature (RFC 6376 8.15)."""
    raw = mail(f"copy@{OURS}")
    signed = (dkim_signature(raw, own(), AT) + raw).replace(*change)

    assert not dkim.verify(signed, dnsfunc=dns)
    assert not proved(signed).signed


def test_a_broken_head() -> None:
    """What can be read in two ways is not signed."""
    assert b"" == dkim_signature(b"no header\r\n\r\nx", own(), AT)


def test_seal() -> None:
    """The first set and the next one: dkimpy finds the chain whole, and so do we, with what we had said."""
    raw = mail()
    once = arc_seal(raw, own(), AT, RESULTS, Evidence()) + raw
    twice = arc_seal(once, own(), AT, RESULTS, SEALED) + once

    for number, sealed in ((1, once), (2, twice)):
        result, sets, why = dkim.arc_verify(sealed, dnsfunc=dns)
        assert (b"pass", number) == (result, len(sets)), why
        assert (
            Arc(
                Result.PASS,
                OURS,
                Result.PASS,
                "shop.example",
                ("12345-jimdo-orderimport@inbound.example",),
                signed=True,
            )
            == proved(sealed).arc
        )
    assert twice.startswith(b"ARC-Seal: i=2; a=rsa-sha256; t=1772452800; cv=pass;\r\n\td=bounce.example;")


def test_a_seal_stays_whole_below_our_headers() -> None:
    """What is put in front of a copy afterwards breaks nothing; a changed body does."""
    raw = mail()
    sealed = b"Received: from a by b; now\r\nAuthentication-Results: x; none\r\n" + arc_seal(
        raw, own(), AT, RESULTS, Evidence()
    ) + raw  # fmt: skip

    assert Result.PASS is proved(sealed).arc.result
    assert Result.FAIL is proved(sealed.replace(b"Order 1", b"Order 2")).arc.result


@pytest.mark.parametrize("result", [Result.FAIL, Result.TEMPERROR, Result.POLICY, Result.PASS])
def test_no_seal(result: Result) -> None:
    """A chain that is broken, unknown or not there as it was found is not gone on with; nor is a bare CR."""
    raw = mail()

    assert b"" == arc_seal(raw, own(), AT, RESULTS, Evidence(arc=Arc(result)))
    assert b"" == arc_seal(raw + b"a\rb", own(), AT, RESULTS, Evidence())
    once = arc_seal(raw, own(), AT, RESULTS, Evidence()) + raw
    assert b"" == arc_seal(once, own(), AT, RESULTS, Evidence())
    assert b"" == arc_seal(once + raw, own(), AT, RESULTS, Evidence(arc=Arc(Result.FAIL)))


def test_a_key_as_text() -> None:
    """A key is the same after it was kept; its repr tells nothing of it."""
    again = own_key_of(own().text)

    assert own() == again
    assert "OwnKey(s1._domainkey.bounce.example)" == repr(again)


@pytest.mark.parametrize("text", ["", "# domain: a.example\n# selector: s\n", "-----BEGIN", "\0"])
def test_no_key(text: str) -> None:
    """Anything else is said to be none."""
    with pytest.raises(BadKeyFile):
        own_key_of(text)


def test_broken_keys() -> None:
    """A key that was cut off is no key, wherever it was cut."""
    text = own().text
    for at in range(60, len(text) - 60, 97):
        with pytest.raises(BadKeyFile):
            own_key_of(text[:at] + text[-32:])


def test_a_new_key(tmp_path: Path) -> None:
    """openssl finds a key of 2048 bits in order, and the published half is its own."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    key = new_key(OURS, "s1")
    (tmp_path / "key").write_bytes(key.pem)
    checked = _openssl(openssl, "rsa", "-in", str(tmp_path / "key"), "-check", "-noout")
    public = _openssl(openssl, "rsa", "-in", str(tmp_path / "key"), "-pubout")
    published = re.sub(r"-----.*?-----|\s", "", public)

    assert "RSA key ok" in checked
    assert f"v=DKIM1; k=rsa; p={published}" == key.record
    assert 2048 == key.numbers["modulus"].bit_length()
    assert [255, len(key.record) - 255] == [len(string) for string in record_strings(key.record)]


def _openssl(*words: str) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def test_keys_differ() -> None:
    """Chance makes the key."""
    assert own(1).numbers["modulus"] != own(2).numbers["modulus"]
    assert dataclasses.replace(own(), selector="s2").name == "s2._domainkey.bounce.example"


def test_pace() -> None:
    """Linear, with the line of blanks that takes dkimpy ten seconds, too."""
    assert growth(lambda size: dkim_signature(mail(body=" " * size), own(), AT), 2_000_000) < LINEAR
