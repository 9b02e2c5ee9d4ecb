"""What an arrival tells of itself."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smtpd_billbee.model import mail
from tests.making import arrival

BODIES = st.lists(st.sampled_from([b"\r\n", b"\r", b"\n", b"a", b"\xff"]), max_size=30).map(b"".join)


@pytest.fixture(scope="module", autouse=True)
def _small_pieces():
    """So that pieces end everywhere in a short body."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mail, "_PIECE", 3)
        yield


@given(BODIES)
@example(b"a\rb\nc\r\n")
@example(b"aa\r\nb\n")
def test_bare_ends_are_noticed(body: bytes) -> None:
    """An LF or CR without the other is remarked; a pair is none, wherever a piece of the content ends."""
    alone = body.replace(b"\r\n", b"")

    assert (b"\r" in alone or b"\n" in alone) == arrival(body).bare_lf
