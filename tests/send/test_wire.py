"""What goes over the wire after DATA."""

import pytest
from aiosmtplib.protocol import PERIOD_REGEX, normalize_message_line_endings
from hypothesis import given
from hypothesis import strategies as st

from smtpd_billbee.send import wire
from smtpd_billbee.send.wire import wire_pieces, wire_size

_TEXTS = st.lists(st.sampled_from([b".", b"\r\n", b"\n", b"\r", b"x", b"Tee " * 7, b"\r\n.\r\n"])).map(b"".join)


@given(_TEXTS)
def test_as_the_library_writes_it(raw: bytes) -> None:
    """RFC 5321 4.5.2, as aiosmtplib does it with the whole mail at once, wherever the pieces end."""
    whole = PERIOD_REGEX.sub(b"..", normalize_message_line_endings(raw)) + b".\r\n"
    with pytest.MonkeyPatch.context() as patch:
        for size in (1, 10, 64 * 1024):
            patch.setattr(wire, "PIECE", size)
            pieces = list(wire_pieces(raw))

            assert whole == b"".join(pieces)
            assert all(piece.endswith(b"\r\n") for piece in pieces[:-2])
    assert wire_size(raw) == len(normalize_message_line_endings(raw))


def test_a_large_mail_is_cut() -> None:
    """No piece is much larger than PIECE, so that others have their turn between two of them."""
    pieces = list(wire_pieces(b"a line\r\n" * 100_000))

    assert max(map(len, pieces)) <= wire.PIECE + 8
    assert len(pieces) > 10
