r"""Conversations as files: tests/dialogs/*.smtp, each said in one go, in random pieces and octet by octet.

# The first line says the rule; `# tls` opens a door with a certificate.
C: a line that the peer says, with CRLF          R: raw octets, \r\n\xff and {70000*x} written out
S: what the answer must begin with               K: what the reception must have kept, in order; written like R
T: both shake hands                              X: the door closes

`# may break off`: in pieces, words in the clear may fall into a handshake, and then the door ends it with nothing kept.
"""

import asyncio
import random
import re
import ssl
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.smtp.playing import SHOP, Open, Peer, calling, open_door

DIALOGS = Path(__file__).parents[1] / "dialogs"
SMUGGLING = tomllib.loads((DIALOGS / "smuggling.toml").read_text())["form"]
SPLITS = ("whole", "random", "octets")


def cut(octets: bytes, split: str, chance: random.Random) -> Iterator[bytes]:
    """The octets in pieces.  Octet by octet means: around line ends and dots; a long plain text in lumps of 64."""
    if split == "octets":
        yield from re.findall(rb"[^\r\n.]{64}|[\s\S]", octets)
        return
    while octets:
        size = len(octets) if split == "whole" else chance.choice((1, 2, 3, 5, 50, 5000))
        yield octets[:size]
        octets = octets[size:]


def written_out(text: str) -> bytes:
    """'a\\r\\n{3*x}' -> b'a\\r\\nxxx'."""
    octets = text.encode("ascii").decode("unicode_escape").encode("latin-1")
    return re.sub(rb"\{(\d+)\*(.)\}", lambda match: match[2] * int(match[1]), octets)


async def say(peer: Peer, octets: bytes, split: str) -> None:
    """Each piece is a segment of its own: the door runs in the same loop, and reads between two of them."""
    for piece in cut(octets, split, random.Random(4711)):
        await peer.send(piece)
        await asyncio.sleep(0)


async def shake_hands(peer: Peer) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    await peer.writer.start_tls(context)


async def play(dialog: str, peer: Peer, opened: Open, split: str) -> None:
    """Say all that stands together in one go, then hear the answers."""
    kept, saying = 0, b""
    for number, line in enumerate(dialog.splitlines(), 1):
        kind, text = line[:2], line[3:]
        if kind in ("C:", "R:"):
            saying += text.encode() + b"\r\n" if kind == "C:" else written_out(text)
            continue
        await say(peer, saying, split)
        saying = b""
        if kind == "S:":
            answer = await peer.hear()
            assert answer.startswith(text), f"line {number}: wanted {text}, got {answer}"
        elif kind == "K:":
            assert written_out(text) == opened.contents[kept]
            kept += 1
        elif kind == "T:":
            await shake_hands(peer)
        elif kind == "X:":
            assert "" == await peer.hear_all()
    assert kept == len(opened.contents)


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("name", sorted(path.stem for path in DIALOGS.glob("*.smtp")))
async def test_dialog(name: str, split: str) -> None:
    """The rule is the dialog's first line."""
    dialog = (DIALOGS / f"{name}.smtp").read_text()
    tls = "\n# tls\n" in dialog
    may_break_off = "\n# may break off\n" in dialog and split != "whole"
    async with open_door(tls=tls) as opened, calling(opened, hello=False) as peer:
        try:
            await play(dialog, peer, opened, split)
        except OSError as error:
            if not may_break_off or isinstance(error, TimeoutError):
                raise
            assert [] == opened.contents


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("form", SMUGGLING, ids=lambda form: form["name"])
async def test_smuggling(opened: Open, form: dict[str, str], split: str) -> None:
    """CVE-2023-51764 and its kin: nothing but CRLF.CRLF ends a mail, and what does not is kept as it came."""
    smuggled = f"MAIL FROM:<evil@b.example>\r\nRCPT TO:<{SHOP}>\r\nDATA\r\ntwo"
    sent = f"one{form['octets']}{smuggled}".encode()
    async with calling(opened) as peer:
        await peer.begin_data()
        await say(peer, sent + b"\r\n.\r\nQUIT\r\n", split)
        await peer.hear_all()

    if "ends" in form:
        assert [b"one\r\n", b"two\r\n"] == opened.contents
    else:
        assert [re.sub(rb"(?<=\r\n)\.", b"", sent) + b"\r\n"] == opened.contents


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("form", SMUGGLING, ids=lambda form: form["name"])
async def test_counted_octets_end_nothing(opened: Open, form: dict[str, str], split: str) -> None:
    """RFC 3030: in BDAT not even CRLF.CRLF ends a mail."""
    sent = f"one{form['octets']}QUIT\r\ntwo".encode()
    async with calling(opened) as peer:
        await peer.name_recipient()
        await say(peer, b"BDAT %d LAST\r\n%s" % (len(sent), sent), split)

        assert (await peer.hear()).startswith("250 2.0.0 Accepted")
    assert [sent] == opened.contents
