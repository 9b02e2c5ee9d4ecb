"""The octets of one mail, put together from any pieces."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpd_billbee.smtp import content as content_module
from smtpd_billbee.smtp.content import Content
from smtpd_billbee.smtp.limits import Room

PLENTY = 1024 * 1024
# Bodies in which line ends and dots meet each other often.
BODIES = st.lists(st.sampled_from([b"\r\n", b".", b"\r", b"\n", b"..", b"a", b"\0", b"\xff", b" x"]), max_size=30).map(
    b"".join
)
CUTS = st.lists(st.integers(0, 60), max_size=12)


def stuffed(body: bytes) -> bytes:
    """RFC 5321 4.5.2, as the sender does it, line by line; a body that does not end in CRLF gets one."""
    lines = body.split(b"\r\n")
    if lines[-1] == b"":
        lines.pop()
    return b"".join((b"." + line if line.startswith(b".") else line) + b"\r\n" for line in lines) + b".\r\n"


def pieces(octets: bytes, cuts: list[int]) -> list[bytes]:
    """The octets in pieces, cut at these places."""
    places = [0, *sorted(cut for cut in cuts if cut < len(octets)), len(octets)]
    return [octets[start:end] for start, end in pairwise(places)]


@given(BODIES, CUTS, st.sampled_from([1, 4, 4096]))
def test_any_body_in_any_pieces(body: bytes, cuts: list[int], small: int) -> None:
    """What comes in is what was sent, however the network cut it, and not one octet behind the dot is taken.

    Small pieces are kept in another way than large ones, whatever counts as `small`.
    """
    whole = body if body.endswith(b"\r\n") or not body else body + b"\r\n"
    behind = b"QUIT\r\n.\r\n"
    content, rest = Content(PLENTY, Room(PLENTY)), None
    taken = pieces(stuffed(body) + behind, cuts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(content_module, "_SMALL", small)
        while rest is None:
            rest = content.feed(taken.pop(0))

    assert behind == rest + b"".join(taken)
    assert whole == content.whole()


@given(BODIES, CUTS)
def test_counted_octets_are_content(body: bytes, cuts: list[int]) -> None:
    """RFC 3030: in BDAT a dot is a dot, also at the beginning of a line."""
    content = Content(PLENTY, Room(PLENTY), dots=False)
    for piece in pieces(body, cuts):
        content.feed_octets(piece)

    assert body == content.whole()


@pytest.mark.parametrize("dots", [True, False])
def test_limit(dots: bool) -> None:
    """A mail of just the limit is taken, one octet more is too big, and keeps no memory."""
    for size, too_big in ((100, False), (101, True)):
        room = Room(PLENTY)
        content = Content(100, room, dots=dots)
        octets = b"x" * (size - 2) + b"\r\n"
        _ = content.feed(octets + b".\r\n") if dots else content.feed_octets(octets)

        assert too_big == content.too_big
        assert (PLENTY if too_big else PLENTY - size) == room.free


def test_too_big_to_wait_for() -> None:
    """A mail without end is given up after twice the limit, with nothing kept."""
    room, fed = Room(PLENTY), 0
    content = Content(1000, room)
    while not content.hopeless:
        content.feed(b"x" * 100)
        fed += 100

    assert (PLENTY, True) == (room.free, fed <= 2200)


def test_crowded() -> None:
    """Mails that come in at once share their memory; who finds none is put off, and takes none."""
    room = Room(1000)
    first, second = Content(PLENTY, room), Content(PLENTY, room)
    first.feed(b"x" * 600)
    second.feed(b"x" * 600 + b"\r\n.\r\n")

    assert (False, True) == (first.crowded, second.crowded)

    first.forget()

    assert 1000 == room.free
